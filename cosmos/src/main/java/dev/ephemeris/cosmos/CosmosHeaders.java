package dev.ephemeris.cosmos;

/** Names of the headers that this project reads or writes, as Cosmos spells them. */
public final class CosmosHeaders {

  public static final String AUTHORIZATION = "authorization";
  public static final String CONTENT_TYPE = "content-type";
  public static final String DATE = "x-ms-date";
  public static final String VERSION = "x-ms-version";
  public static final String ACTIVITY_ID = "x-ms-activity-id";
  public static final String SUB_STATUS = "x-ms-substatus";
  public static final String REQUEST_CHARGE = "x-ms-request-charge";
  public static final String RETRY_AFTER_MS = "x-ms-retry-after-ms";
  public static final String CONTINUATION = "x-ms-continuation";
  public static final String SESSION_TOKEN = "x-ms-session-token";
  public static final String MAX_ITEM_COUNT = "x-ms-max-item-count";
  public static final String ITEM_COUNT = "x-ms-item-count";
  public static final String ALT_CONTENT_PATH = "x-ms-alt-content-path";
  public static final String CONTENT_PATH = "x-ms-content-path";
  public static final String PARTITION_KEY = "x-ms-documentdb-partitionkey";
  public static final String PARTITION_KEY_RANGE_ID = "x-ms-documentdb-partitionkeyrangeid";
  public static final String START_EPK = "x-ms-start-epk";
  public static final String END_EPK = "x-ms-end-epk";
  public static final String READ_KEY_TYPE = "x-ms-read-key-type";
  public static final String IS_UPSERT = "x-ms-documentdb-is-upsert";
  public static final String IS_QUERY = "x-ms-documentdb-isquery";
  public static final String IS_QUERY_PLAN = "x-ms-cosmos-is-query-plan-request";
  public static final String IS_BATCH = "x-ms-cosmos-is-batch-request";
  public static final String IS_BATCH_ATOMIC = "x-ms-cosmos-batch-atomic";
  public static final String POPULATE_QUERY_METRICS = "x-ms-documentdb-populatequerymetrics";
  public static final String PRE_TRIGGERS = "x-ms-documentdb-pre-trigger-include";
  public static final String POST_TRIGGERS = "x-ms-documentdb-post-trigger-include";
  public static final String A_IM = "a-im";
  public static final String IF_MATCH = "if-match";
  public static final String IF_NONE_MATCH = "if-none-match";
  public static final String PREFER = "prefer";
  public static final String INTENDED_CONTAINER_RID = "x-ms-cosmos-intended-collection-rid";

  /** The API version that all current SDKs send. */
  public static final String CURRENT_VERSION = "2020-07-15";

  public static final String QUERY_JSON = "application/query+json";

  private CosmosHeaders() {}
}
