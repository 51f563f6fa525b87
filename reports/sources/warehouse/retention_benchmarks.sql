-- One row per reference line: whose number it is, and from when.
select
    metric,
    label,
    reference_rate,
    source,
    source_date
from (
    values
    ('grr', 'Median GRR 90 %', 0.90, 'Benchmarkit, SaaS Performance Metrics', '2024'),
    ('grr', 'Top quartile GRR above 95 %', 0.95, 'Benchmarkit, SaaS Performance Metrics', '2024'),
    ('nrr', 'Median NRR 106 %', 1.06, 'Optifai, B2B SaaS NRR Benchmark (venture-backed)', 'undated'),
    ('nrr', 'Best NRR above 130 %', 1.30, 'Optifai, B2B SaaS NRR Benchmark (venture-backed)', 'undated')
) as benchmarks (metric, label, reference_rate, source, source_date)
