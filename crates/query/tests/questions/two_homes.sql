WITH "customers" AS (
  SELECT "t0"."c_custkey" AS "customer_id", "t0"."c_nationkey" AS "nation_id"
  FROM "main"."customer" AS "t0"
  WHERE (EXISTS (SELECT 1 AS "one1"
    FROM "main"."region" AS "r2"
    INNER JOIN "main"."nation" AS "r1" ON ("r1"."n_regionkey" = "r2"."r_regionkey")
    WHERE ("t0"."c_nationkey" = "r1"."n_nationkey") AND ("r2"."r_name" IN ('EUROPE'))))
),
"nations" AS (
  SELECT "t0"."n_nationkey" AS "nation_id", "t0"."n_regionkey" AS "region_id"
  FROM "main"."nation" AS "t0"
),
"order_items" AS (
  SELECT "t0"."l_orderkey" AS "order_id", "t0"."l_partkey" AS "part_id", "t0"."l_suppkey" AS "supplier_id", "t0"."l_quantity" AS "quantity", "t0"."l_extendedprice" AS "extended_price", "t0"."l_discount" AS "discount"
  FROM "main"."lineitem" AS "t0"
  WHERE (EXISTS (SELECT 1 AS "one1"
    FROM "main"."region" AS "r4"
    INNER JOIN "main"."nation" AS "r3" ON ("r3"."n_regionkey" = "r4"."r_regionkey")
    INNER JOIN "main"."customer" AS "r2" ON ("r2"."c_nationkey" = "r3"."n_nationkey")
    INNER JOIN "main"."orders" AS "r1" ON ("r1"."o_custkey" = "r2"."c_custkey")
    WHERE ("t0"."l_orderkey" = "r1"."o_orderkey") AND ("r4"."r_name" IN ('EUROPE'))))
),
"orders" AS (
  SELECT "t0"."o_orderkey" AS "order_id", "t0"."o_custkey" AS "customer_id"
  FROM "main"."orders" AS "t0"
  WHERE (EXISTS (SELECT 1 AS "one1"
    FROM "main"."region" AS "r3"
    INNER JOIN "main"."nation" AS "r2" ON ("r2"."n_regionkey" = "r3"."r_regionkey")
    INNER JOIN "main"."customer" AS "r1" ON ("r1"."c_nationkey" = "r2"."n_nationkey")
    WHERE ("t0"."o_custkey" = "r1"."c_custkey") AND ("r3"."r_name" IN ('EUROPE'))))
),
"part_suppliers" AS (
  SELECT "t0"."ps_partkey" AS "part_id", "t0"."ps_suppkey" AS "supplier_id", "t0"."ps_supplycost" AS "supply_cost"
  FROM "main"."partsupp" AS "t0"
),
"regions" AS (
  SELECT "t0"."r_regionkey" AS "region_id", "t0"."r_name" AS "name"
  FROM "main"."region" AS "t0"
)
WITH "home 0" AS (SELECT "regions"."name" AS "customers.region", sum(("order_items"."extended_price" * (1 - "order_items"."discount"))) AS "order_items.revenue", sum(("part_suppliers"."supply_cost" * "order_items"."quantity")) AS "order_items.cost"
  FROM "order_items" AS "order_items"
  LEFT JOIN ("orders" AS "orders"
    LEFT JOIN ("customers" AS "customers"
      LEFT JOIN ("nations" AS "nations"
        LEFT JOIN "regions" AS "regions" ON ("nations"."region_id" = "regions"."region_id")) ON ("customers"."nation_id" = "nations"."nation_id")) ON ("orders"."customer_id" = "customers"."customer_id")) ON ("order_items"."order_id" = "orders"."order_id")
  LEFT JOIN "part_suppliers" AS "part_suppliers" ON (("order_items"."part_id" = "part_suppliers"."part_id") AND ("order_items"."supplier_id" = "part_suppliers"."supplier_id"))
  GROUP BY "regions"."name"), "home 1" AS (SELECT "regions"."name" AS "customers.region", count(*) AS "customers.customers"
  FROM "customers" AS "customers"
  LEFT JOIN ("nations" AS "nations"
    LEFT JOIN "regions" AS "regions" ON ("nations"."region_id" = "regions"."region_id")) ON ("customers"."nation_id" = "nations"."nation_id")
  WHERE (EXISTS (SELECT 1 AS "one 0"
    FROM "order_items" AS "order_items"
    INNER JOIN "orders" AS "orders" ON ("orders"."order_id" = "order_items"."order_id")
    WHERE ("customers"."customer_id" = "orders"."customer_id")))
  GROUP BY "regions"."name")
SELECT "groups 0"."customers.region" AS "customers.region", "groups 0"."order_items.revenue" AS "order_items.revenue", "groups 0"."customers.customers" AS "customers.customers", (CAST(("groups 0"."order_items.revenue" - "groups 0"."order_items.cost") AS DOUBLE) / NULLIF(CAST("groups 0"."order_items.revenue" AS DOUBLE), 0)) AS "order_items.margin"
FROM (SELECT "homes 0"."customers.region" AS "customers.region", max("homes 0"."order_items.revenue") AS "order_items.revenue", max("homes 0"."order_items.cost") AS "order_items.cost", coalesce(max("homes 0"."customers.customers"), 0) AS "customers.customers"
  FROM (SELECT "home 0"."customers.region" AS "customers.region", "home 0"."order_items.revenue" AS "order_items.revenue", "home 0"."order_items.cost" AS "order_items.cost", NULL AS "customers.customers"
    FROM "home 0" AS "home 0"
    UNION ALL
    SELECT "home 1"."customers.region" AS "customers.region", NULL AS "order_items.revenue", NULL AS "order_items.cost", "home 1"."customers.customers" AS "customers.customers"
    FROM "home 1" AS "home 1") AS "homes 0"
  GROUP BY "homes 0"."customers.region") AS "groups 0"
WHERE ("groups 0"."order_items.revenue" > 1000)
ORDER BY "groups 0"."customers.region" ASC NULLS LAST
LIMIT 1001
