WITH "customers" AS (
  SELECT "t0"."c_name" AS "name", CASE WHEN (CAST("t0"."c_phone" AS VARCHAR) IS NULL) THEN NULL WHEN (character_length(CAST("t0"."c_phone" AS VARCHAR)) <= 8) THEN '••••' ELSE ('••••' || right(CAST("t0"."c_phone" AS VARCHAR), 4)) END AS "phone", tessera_mask_hash(CAST("t0"."c_address" AS VARCHAR)) AS "address"
  FROM "main"."customer" AS "t0"
  WHERE (EXISTS (SELECT 1 AS "one1"
    FROM "main"."region" AS "r2"
    INNER JOIN "main"."nation" AS "r1" ON ("r1"."n_regionkey" = "r2"."r_regionkey")
    WHERE ("t0"."c_nationkey" = "r1"."n_nationkey") AND ("r2"."r_name" IN ('EUROPE'))))
)
SELECT "groups 0"."customers.name" AS "customers.name", "groups 0"."customers.phone" AS "customers.phone", "groups 0"."customers.address" AS "customers.address"
FROM (SELECT DISTINCT "customers"."name" AS "customers.name", "customers"."phone" AS "customers.phone", "customers"."address" AS "customers.address"
  FROM "customers" AS "customers") AS "groups 0"
ORDER BY "groups 0"."customers.name" ASC NULLS LAST, "groups 0"."customers.phone" ASC NULLS LAST, "groups 0"."customers.address" ASC NULLS LAST
LIMIT 1001
