CREATE TABLE IF NOT EXISTS audit_events ON CLUSTER activity
(
    timestamp DateTime64(6),
    audit_id  String,
    user      LowCardinality(String),
    verb      LowCardinality(String),
    resource  LowCardinality(String),
    event     String CODEC(ZSTD(3))
)
ENGINE = ReplicatedReplacingMergeTree
PARTITION BY toYYYYMM(timestamp)
ORDER BY (timestamp, audit_id);
