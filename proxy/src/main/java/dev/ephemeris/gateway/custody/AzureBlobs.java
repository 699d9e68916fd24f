package dev.ephemeris.gateway.custody;

import com.azure.core.util.BinaryData;
import com.azure.core.util.Context;
import com.azure.storage.blob.BlobContainerClient;
import com.azure.storage.blob.models.AppendBlobRequestConditions;
import com.azure.storage.blob.models.BlobErrorCode;
import com.azure.storage.blob.models.BlobHttpHeaders;
import com.azure.storage.blob.models.BlobProperties;
import com.azure.storage.blob.models.BlobRange;
import com.azure.storage.blob.models.BlobRequestConditions;
import com.azure.storage.blob.models.BlobStorageException;
import com.azure.storage.blob.options.AppendBlobCreateOptions;
import com.azure.storage.blob.options.BlobParallelUploadOptions;
import com.azure.storage.blob.specialized.AppendBlobClient;
import dev.ephemeris.gateway.journal.sink.Blobs;
import dev.ephemeris.gateway.journal.sink.SinkException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;

/** A container by Azure's own library. */
final class AzureBlobs implements Blobs {

  /** A call's, whatever it waits for. */
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static final String ANY = "*";

  private final BlobContainerClient container;

  AzureBlobs(BlobContainerClient container) {
    this.container = container;
  }

  @Override
  public void create(String name) throws SinkException {
    try {
      asked(
          () ->
              append(name)
                  .createWithResponse(
                      new AppendBlobCreateOptions()
                          .setHeaders(new BlobHttpHeaders().setContentType("application/x-ndjson"))
                          .setRequestConditions(new BlobRequestConditions().setIfNoneMatch(ANY)),
                      PATIENCE,
                      Context.NONE));
    } catch (BlobStorageException e) {
      if (!isThere(e)) {
        throw failure(name, e);
      }
    }
  }

  @Override
  public Optional<Extent> extent(String name) throws SinkException {
    try {
      BlobProperties properties =
          asked(() -> append(name).getPropertiesWithResponse(null, PATIENCE, Context.NONE))
              .getValue();
      Integer blocks = properties.getCommittedBlockCount();
      return Optional.of(new Extent(properties.getBlobSize(), blocks == null ? 0 : blocks));
    } catch (BlobStorageException e) {
      if (isMissing(e)) {
        return Optional.empty();
      }
      throw failure(name, e);
    }
  }

  @Override
  public void append(String name, long position, byte[] block)
      throws SinkException, MovedException {
    try {
      asked(
          () ->
              append(name)
                  .appendBlockWithResponse(
                      new ByteArrayInputStream(block),
                      block.length,
                      md5(block),
                      new AppendBlobRequestConditions().setAppendPosition(position),
                      PATIENCE,
                      Context.NONE));
    } catch (BlobStorageException e) {
      if (isMissing(e)
          || BlobErrorCode.APPEND_POSITION_CONDITION_NOT_MET.equals(e.getErrorCode())) {
        throw new MovedException();
      }
      throw failure(name, e);
    }
  }

  @Override
  public byte[] read(String name, long from) throws SinkException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      asked(
          () ->
              container
                  .getBlobClient(name)
                  .downloadStreamWithResponse(
                      bytes, new BlobRange(from), null, null, false, PATIENCE, Context.NONE));
      return bytes.toByteArray();
    } catch (BlobStorageException e) {
      throw failure(name, e);
    }
  }

  @Override
  public boolean putNew(String name, byte[] content) throws SinkException {
    try {
      asked(
          () ->
              container
                  .getBlobClient(name)
                  .uploadWithResponse(
                      new BlobParallelUploadOptions(BinaryData.fromBytes(content))
                          .setHeaders(
                              new BlobHttpHeaders().setContentType("text/plain; charset=utf-8"))
                          .setRequestConditions(new BlobRequestConditions().setIfNoneMatch(ANY)),
                      PATIENCE,
                      Context.NONE));
      return true;
    } catch (BlobStorageException e) {
      if (isThere(e)) {
        return false;
      }
      throw failure(name, e);
    }
  }

  private AppendBlobClient append(String name) {
    return container.getBlobClient(name).getAppendBlobClient();
  }

  /** The service's own refusals as they are; whatever else goes wrong may not the next time. */
  private <T> T asked(Supplier<T> call) throws SinkException {
    try {
      return call.get();
    } catch (BlobStorageException e) {
      throw e;
    } catch (RuntimeException e) {
      throw SinkException.unavailable(
          "container "
              + container.getBlobContainerName()
              + " can't be reached: "
              + GatewaySinkAccess.firstLine(e));
    }
  }

  private static boolean isThere(BlobStorageException e) {
    return BlobErrorCode.BLOB_ALREADY_EXISTS.equals(e.getErrorCode())
        || BlobErrorCode.BLOB_IMMUTABLE_DUE_TO_POLICY.equals(e.getErrorCode());
  }

  private static boolean isMissing(BlobStorageException e) {
    // Of a HEAD request there is no more than the status.
    return BlobErrorCode.BLOB_NOT_FOUND.equals(e.getErrorCode())
        || (e.getStatusCode() == 404 && e.getErrorCode() == null);
  }

  /** By status and code alone: the rest may repeat what was sent. */
  private SinkException failure(String name, BlobStorageException e) {
    String what =
        "blob "
            + name
            + " in container "
            + container.getBlobContainerName()
            + ": the service answers "
            + e.getStatusCode()
            + (e.getErrorCode() == null ? "" : " " + e.getErrorCode());
    return switch (e.getStatusCode()) {
      case 408, 429, 500, 502, 503, 504 -> SinkException.unavailable(what);
      default -> SinkException.refused(what);
    };
  }

  private static byte[] md5(byte[] block) {
    try {
      // Against the network's errors, as the service checks it; not against anybody.
      return MessageDigest.getInstance("MD5").digest(block);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has MD5", e);
    }
  }
}
