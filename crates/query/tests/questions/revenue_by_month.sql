WITH "order_items" AS (
  SELECT "t0"."l_orderkey" AS "order_id", "t0"."l_extendedprice" AS "extended_price", "t0"."l_discount" AS "discount"
  FROM "main"."lineitem" AS "t0"
  WHERE (EXISTS (SELECT 1 AS "one1"
    FROM "main"."region" AS "r4"
    INNER JOIN "main"."nation" AS "r3" ON ("r3"."n_regionkey" = "r4"."r_regionkey")
    INNER JOIN "main"."customer" AS "r2" ON ("r2"."c_nationkey" = "r3"."n_nationkey")
    INNER JOIN "main"."orders" AS "r1" ON ("r1"."o_custkey" = "r2"."c_custkey")
    WHERE ("t0"."l_orderkey" = "r1"."o_orderkey") AND ("r4"."r_name" IN ('EUROPE'))))
),
"orders" AS (
  SELECT "t0"."o_orderkey" AS "order_id", "t0"."o_orderdate" AS "ordered_at"
  FROM "main"."orders" AS "t0"
  WHERE (EXISTS (SELECT 1 AS "one1"
    FROM "main"."region" AS "r3"
    INNER JOIN "main"."nation" AS "r2" ON ("r2"."n_regionkey" = "r3"."r_regionkey")
    INNER JOIN "main"."customer" AS "r1" ON ("r1"."c_nationkey" = "r2"."n_nationkey")
    WHERE ("t0"."o_custkey" = "r1"."c_custkey") AND ("r3"."r_name" IN ('EUROPE'))))
)
SELECT "groups 0"."orders.ordered_at[month]" AS "orders.ordered_at[month]", "groups 0"."order_items.revenue" AS "order_items.revenue"
FROM (SELECT CAST(date_trunc('month', "orders"."ordered_at") AS DATE) AS "orders.ordered_at[month]", sum(("order_items"."extended_price" * (1 - "order_items"."discount"))) AS "order_items.revenue"
  FROM "orders" AS "orders"
  INNER JOIN "order_items" AS "order_items" ON ("order_items"."order_id" = "orders"."order_id")
  GROUP BY CAST(date_trunc('month', "orders"."ordered_at") AS DATE)) AS "groups 0"
ORDER BY "groups 0"."orders.ordered_at[month]" ASC NULLS LAST
LIMIT 1001
-- where nothing may fail, `order_items` does without its rule
