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
  SELECT "t0"."o_orderkey" AS "order_id", CASE "t0"."o_orderstatus" WHEN 'F' THEN 'complete' WHEN 'O' THEN 'open' WHEN 'P' THEN 'partly shipped' END AS "status", "t0"."o_totalprice" AS "total_price"
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
SELECT "groups 0"."orders.status" AS "orders.status", "groups 0"."orders.total_value" AS "orders.total_value"
FROM (SELECT "orders"."status" AS "orders.status", sum("orders"."total_price") AS "orders.total_value"
  FROM "orders" AS "orders"
  WHERE (EXISTS (SELECT 1 AS "one 0"
    FROM "parts" AS "parts"
    INNER JOIN "order_items" AS "order_items" ON ("order_items"."part_id" = "parts"."part_id")
    WHERE ("orders"."order_id" = "order_items"."order_id") AND ("parts"."brand" IN ('Brand#12'))))
  GROUP BY "orders"."status") AS "groups 0"
ORDER BY "groups 0"."orders.status" ASC NULLS LAST
LIMIT 1001
