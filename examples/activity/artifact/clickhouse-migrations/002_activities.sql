CREATE TABLE IF NOT EXISTS activities ON CLUSTER activity
(
    timestamp DateTime64(6),
    audit_id  String,
    actor     String,
    summary   String
)
ENGINE = ReplicatedReplacingMergeTree
PARTITION BY toYYYYMM(timestamp)
ORDER BY (timestamp, actor, audit_id);
