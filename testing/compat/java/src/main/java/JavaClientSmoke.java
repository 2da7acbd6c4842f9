import alluxio.AlluxioURI;
import alluxio.client.file.FileInStream;
import alluxio.client.file.FileOutStream;
import alluxio.client.file.FileSystem;
import alluxio.client.file.URIStatus;
import alluxio.exception.DirectoryNotEmptyException;
import alluxio.exception.FileAlreadyExistsException;
import alluxio.exception.FileDoesNotExistException;
import alluxio.exception.InvalidPathException;
import alluxio.grpc.Bits;
import alluxio.grpc.CreateDirectoryPOptions;
import alluxio.grpc.CreateFilePOptions;
import alluxio.grpc.DeletePOptions;
import alluxio.grpc.ListStatusPOptions;
import alluxio.grpc.OpenFilePOptions;
import alluxio.grpc.PMode;
import alluxio.grpc.ReadPType;
import alluxio.grpc.SetAttributePOptions;
import alluxio.grpc.WritePType;

import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * What an application does with the unmodified Java client, against the servers
 * whose addresses the system properties name. Prints "ok NAME" or
 * "FAILED NAME: why" for each check; exits 1 if one failed.
 *
 * Arguments: the under store's folder on this machine, and a label.
 */
public final class JavaClientSmoke {
  private static int failures = 0;

  private interface Check {
    void run() throws Exception;
  }

  private static void check(String name, Check check) {
    try {
      check.run();
      System.out.println("ok " + name);
    } catch (Throwable t) {
      failures++;
      System.out.println("FAILED " + name + ": " + t);
      t.printStackTrace(System.out);
    }
  }

  private static void require(boolean condition, String what) {
    if (!condition) {
      throw new AssertionError(what);
    }
  }

  private static byte[] bytes(int n, long seed) {
    byte[] data = new byte[n];
    new Random(seed).nextBytes(data);
    return data;
  }

  private static void write(FileSystem fs, String path, byte[] data, WritePType type, long blockSize)
      throws Exception {
    CreateFilePOptions options = CreateFilePOptions.newBuilder().setRecursive(true)
        .setWriteType(type).setBlockSizeBytes(blockSize).build();
    try (FileOutStream out = fs.createFile(new AlluxioURI(path), options)) {
      out.write(data);
    }
  }

  private static byte[] read(FileSystem fs, String path, ReadPType type) throws Exception {
    OpenFilePOptions options = OpenFilePOptions.newBuilder().setReadType(type).build();
    try (FileInStream in = fs.openFile(new AlluxioURI(path), options)) {
      return in.readAllBytes();
    }
  }

  private static <E extends Exception> void expect(Class<E> kind, Check check) throws Exception {
    try {
      check.run();
    } catch (Exception e) {
      require(kind.isInstance(e), "wanted " + kind.getSimpleName() + ", got " + e);
      return;
    }
    throw new AssertionError("wanted " + kind.getSimpleName() + ", got no error");
  }

  public static void main(String[] args) throws Exception {
    Path ufs = new File(args[0]).toPath();
    String base = "/java-" + args[1];
    FileSystem fs = FileSystem.Factory.create();
    long block = 1 << 20;
    int[] sizes = {0, 1, 1 << 20, (1 << 20) + 1, 5 * (1 << 20) + 12345};

    for (WritePType type : new WritePType[] {WritePType.MUST_CACHE, WritePType.CACHE_THROUGH,
        WritePType.THROUGH, WritePType.ASYNC_THROUGH}) {
      for (int size : sizes) {
        String path = base + "/" + type + "/" + size;
        byte[] data = bytes(size, size + type.getNumber());
        check("write and read " + type + " " + size, () -> {
          write(fs, path, data, type, block);
          URIStatus status = fs.getStatus(new AlluxioURI(path));
          require(status.isCompleted(), "not completed");
          require(status.getLength() == size, "length " + status.getLength());
          for (ReadPType r : new ReadPType[] {ReadPType.CACHE, ReadPType.NO_CACHE, ReadPType.CACHE_PROMOTE}) {
            require(Arrays.equals(data, read(fs, path, r)), "bytes differ, " + r);
          }
          if (type == WritePType.CACHE_THROUGH || type == WritePType.THROUGH) {
            require(status.isPersisted(), "not persisted: " + status.getPersistenceState());
            require(Arrays.equals(data, Files.readAllBytes(ufs.resolve(path.substring(1)))),
                "bytes differ in the under store");
          }
        });
      }
    }

    check("ASYNC_THROUGH reaches the under store", () -> {
      String path = base + "/ASYNC_THROUGH/" + sizes[4];
      long deadline = System.currentTimeMillis() + 60_000;
      while (!fs.getStatus(new AlluxioURI(path)).isPersisted()) {
        require(System.currentTimeMillis() < deadline, "not persisted after 60 s");
        Thread.sleep(100);
      }
      require(Arrays.equals(bytes(sizes[4], sizes[4] + WritePType.ASYNC_THROUGH.getNumber()),
          Files.readAllBytes(ufs.resolve(path.substring(1)))), "bytes differ in the under store");
    });

    check("positioned reads and seeks", () -> {
      String path = base + "/MUST_CACHE/" + sizes[4];
      byte[] data = bytes(sizes[4], sizes[4] + WritePType.MUST_CACHE.getNumber());
      try (FileInStream in = fs.openFile(new AlluxioURI(path))) {
        Random random = new Random(7);
        for (int i = 0; i < 200; i++) {
          int at = random.nextInt(data.length);
          int n = Math.min(1 + random.nextInt(70_000), data.length - at);
          byte[] got = new byte[n];
          if (i % 2 == 0) {
            int done = 0;
            while (done < n) {
              int r = in.positionedRead(at + done, got, done, n - done);
              require(r > 0, "short positioned read");
              done += r;
            }
          } else {
            in.seek(at);
            require(in.readNBytes(got, 0, n) == n, "short read");
          }
          require(Arrays.equals(got, Arrays.copyOfRange(data, at, at + n)), "bytes differ at " + at);
        }
      }
    });

    check("cold file of the under store", () -> {
      byte[] data = bytes(3_000_000, 99);
      Path folder = ufs.resolve(base.substring(1)).resolve("by-hand");
      Files.createDirectories(folder);
      Files.write(folder.resolve("cold"), data);
      String path = base + "/by-hand/cold";
      require(Arrays.equals(data, read(fs, path, ReadPType.CACHE)), "bytes differ, cold");
      require(Arrays.equals(data, read(fs, path, ReadPType.CACHE)), "bytes differ, warm");
    });

    check("list, rename, delete", () -> {
      String dir = base + "/tree";
      fs.createDirectory(new AlluxioURI(dir + "/a/b"),
          CreateDirectoryPOptions.newBuilder().setRecursive(true).build());
      for (int i = 0; i < 20; i++) {
        write(fs, dir + "/a/f" + i, bytes(i, i), WritePType.MUST_CACHE, block);
      }
      require(fs.listStatus(new AlluxioURI(dir + "/a")).size() == 21, "21 entries wanted");
      List<String> all = new ArrayList<>();
      fs.iterateStatus(new AlluxioURI(dir), ListStatusPOptions.newBuilder().setRecursive(true).build(),
          s -> all.add(s.getPath()));
      require(all.size() == 22, "22 entries wanted, got " + all);
      fs.rename(new AlluxioURI(dir + "/a"), new AlluxioURI(dir + "/c"));
      require(!fs.exists(new AlluxioURI(dir + "/a/f3")), "source is still there");
      require(Arrays.equals(bytes(7, 7), read(fs, dir + "/c/f7", ReadPType.CACHE)), "bytes differ after rename");
      expect(DirectoryNotEmptyException.class, () -> fs.delete(new AlluxioURI(dir + "/c")));
      fs.delete(new AlluxioURI(dir), DeletePOptions.newBuilder().setRecursive(true).build());
      require(!fs.exists(new AlluxioURI(dir)), "still there");
    });

    check("attributes", () -> {
      AlluxioURI path = new AlluxioURI(base + "/MUST_CACHE/1");
      fs.setAttribute(path, SetAttributePOptions.newBuilder().setPinned(true)
          .setMode(PMode.newBuilder().setOwnerBits(Bits.READ_WRITE).setGroupBits(Bits.READ)
              .setOtherBits(Bits.NONE)).build());
      URIStatus status = fs.getStatus(path);
      require(status.isPinned(), "not pinned");
      require(status.getMode() == 0640, "mode " + Integer.toOctalString(status.getMode()));
      fs.setAttribute(path, SetAttributePOptions.newBuilder().setPinned(false).build());
      require(!fs.getStatus(path).isPinned(), "still pinned");
    });

    check("errors have the types that applications catch", () -> {
      expect(FileDoesNotExistException.class, () -> fs.getStatus(new AlluxioURI(base + "/nosuch")));
      expect(FileDoesNotExistException.class, () -> fs.openFile(new AlluxioURI(base + "/nosuch")));
      expect(FileAlreadyExistsException.class,
          () -> fs.createFile(new AlluxioURI(base + "/MUST_CACHE/1")));
      expect(InvalidPathException.class, () -> fs.rename(new AlluxioURI(base), new AlluxioURI(base + "/x/y")));
    });

    check("cancelled file is not readable", () -> {
      AlluxioURI path = new AlluxioURI(base + "/cancelled");
      FileOutStream out = fs.createFile(path, CreateFilePOptions.newBuilder()
          .setWriteType(WritePType.MUST_CACHE).setBlockSizeBytes(block).build());
      out.write(bytes(3_000_000, 5));
      out.cancel();
      require(!fs.getStatus(path).isCompleted(), "completed");
    });

    check("a block of 64 MB", () -> {
      byte[] data = bytes(70_000_000, 1);
      write(fs, base + "/large", data, WritePType.MUST_CACHE, 64 << 20);
      require(Arrays.equals(data, read(fs, base + "/large", ReadPType.CACHE)), "bytes differ");
    });

    fs.close();
    System.out.println(failures == 0 ? "all checks passed" : failures + " checks failed");
    System.exit(failures == 0 ? 0 : 1);
  }
}
