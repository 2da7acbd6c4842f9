import alluxio.AlluxioURI;
import alluxio.client.file.FileInStream;
import alluxio.client.file.FileOutStream;
import alluxio.client.file.FileSystem;
import alluxio.grpc.CreateFilePOptions;
import alluxio.grpc.WritePType;

import java.nio.file.Files;
import java.nio.file.Paths;
import java.util.Arrays;

/**
 * Reads a file through Alluxio and compares it with one of this container, then
 * writes it under another name.
 *
 * Arguments: the local file, the path to read, the path to write.
 */
public final class ContainerClient {
  public static void main(String[] args) throws Exception {
    byte[] wanted = Files.readAllBytes(Paths.get(args[0]));
    try (FileSystem fs = FileSystem.Factory.create()) {
      byte[] got;
      try (FileInStream in = fs.openFile(new AlluxioURI(args[1]))) {
        got = in.readAllBytes();
      }
      if (!Arrays.equals(wanted, got)) {
        throw new AssertionError("the bytes of " + args[1] + " differ");
      }
      CreateFilePOptions options = CreateFilePOptions.newBuilder().setWriteType(WritePType.MUST_CACHE).build();
      try (FileOutStream out = fs.createFile(new AlluxioURI(args[2]), options)) {
        out.write(wanted);
      }
    }
    System.out.println("same bytes");
    System.exit(0);
  }
}
