SELECT
    supplier_nation.n_name,
    sum(l_extendedprice * (1 - l_discount)) AS revenue
FROM customer
JOIN nation AS customer_nation ON c_nationkey = customer_nation.n_nationkey
JOIN region AS customer_region ON customer_nation.n_regionkey = customer_region.r_regionkey
JOIN orders ON c_custkey = o_custkey
JOIN lineitem ON l_orderkey = o_orderkey
JOIN supplier ON l_suppkey = s_suppkey AND c_nationkey = s_nationkey
JOIN nation AS supplier_nation ON s_nationkey = supplier_nation.n_nationkey
JOIN region AS supplier_region ON supplier_nation.n_regionkey = supplier_region.r_regionkey
WHERE supplier_region.r_name = 'EUROPE'
    AND o_orderdate >= DATE '1994-01-01'
    AND o_orderdate < DATE '1995-01-01'
    AND customer_region.r_name = 'EUROPE'
GROUP BY supplier_nation.n_name
ORDER BY revenue DESC
