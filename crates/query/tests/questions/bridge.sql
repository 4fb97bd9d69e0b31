WITH "order_items" AS (
  SELECT "t0"."l_orderkey" AS "order_id", "t0"."l_partkey" AS "part_id"
  FROM "main"."lineitem" AS "t0"
  WHERE (EXISTS (SELECT 1 AS "one1"
    FROM "main"."region" AS "r4"
    INNER JOIN "main"."nation" AS "r3" ON ("r3"."n_regionkey" = "r4"."r_regionkey")
    INNER JOIN "main"."customer" AS "r2" ON ("r2"."c_nationkey" = "r3"."n_nationkey")
    INNER JOIN "main"."orders" AS "r1" ON ("r1"."o_custkey" = "r2"."c_custkey")
    WHERE ("t0"."l_orderkey" = "r1"."o_orderkey") AND ("r4"."r_name" IN ('EUROPE'))))
),
"orders" AS (
  SELECT "t0"."o_orderkey" AS "order_id", "t0"."o_orderdate" AS "ordered_at", "t0"."o_totalprice" AS "total_price"
  FROM "main"."orders" AS "t0"
  WHERE (EXISTS (SELECT 1 AS "one1"
    FROM "main"."region" AS "r3"
    INNER JOIN "main"."nation" AS "r2" ON ("r2"."n_regionkey" = "r3"."r_regionkey")
    INNER JOIN "main"."customer" AS "r1" ON ("r1"."c_nationkey" = "r2"."n_nationkey")
    WHERE ("t0"."o_custkey" = "r1"."c_custkey") AND ("r3"."r_name" IN ('EUROPE'))))
),
"parts" AS (
  SELECT "t0"."p_partkey" AS "part_id", "t0"."p_brand" AS "brand"
  FROM "main"."part" AS "t0"
)
SELECT "groups 0"."parts.brand" AS "parts.brand", "groups 0"."orders.total_value" AS "orders.total_value"
FROM (SELECT "bridge 0"."parts.brand" AS "parts.brand", sum("orders"."total_price") AS "orders.total_value"
  FROM (SELECT DISTINCT "orders"."order_id" AS "key 0", "parts"."brand" AS "parts.brand"
    FROM "orders" AS "orders"
    LEFT JOIN ("order_items" AS "order_items"
      LEFT JOIN "parts" AS "parts" ON ("order_items"."part_id" = "parts"."part_id")) ON ("orders"."order_id" = "order_items"."order_id")
    WHERE (("orders"."ordered_at" >= DATE '1969-02-01') AND ("orders"."ordered_at" < DATE '1970-02-01')) AND ("orders"."order_id" IS NOT NULL)) AS "bridge 0"
  INNER JOIN "orders" AS "orders" ON ("bridge 0"."key 0" = "orders"."order_id")
  GROUP BY "bridge 0"."parts.brand") AS "groups 0"
ORDER BY "groups 0"."parts.brand" ASC NULLS LAST
LIMIT 1001
