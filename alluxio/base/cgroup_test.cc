#include "alluxio/base/cgroup.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace alluxio {
namespace {

// A made-up "/" with the kernel's files.
class CgroupTest : public testing::Test {
 protected:
  CgroupTest() : root_(testing::TempDir() + "/" + testing::UnitTest::GetInstance()->current_test_info()->name()) {
    std::filesystem::remove_all(root_);
  }

  void Put(const std::string& path, const std::string& text) {
    std::filesystem::create_directories(std::filesystem::path(root_ + path).parent_path());
    std::ofstream(root_ + path) << text;
  }

  // A group's folder.
  void Group(const std::string& path) { Put(path + "/cgroup.procs", ""); }

  Cgroup Find() const { return Cgroup::OfThisProcess(root_); }

  // As Docker has them on a host with version 1: each mount shows the container's own group.
  void Version1Container() {
    Put("/proc/self/mountinfo",
        "600 590 0:60 / /sys/fs/cgroup rw,nosuid - tmpfs tmpfs rw,mode=755\n"
        "601 600 0:29 /docker/1234 /sys/fs/cgroup/cpu,cpuacct ro,nosuid master:9 - cgroup cgroup rw,cpu,cpuacct\n"
        "602 600 0:32 /docker/1234 /sys/fs/cgroup/memory ro,nosuid master:15 - cgroup cgroup rw,memory\n");
    Put("/proc/self/cgroup", "5:memory:/docker/1234\n4:cpu,cpuacct:/docker/1234\n1:name=systemd:/docker/1234\n");
    Group("/sys/fs/cgroup/memory");
    Group("/sys/fs/cgroup/cpu,cpuacct");
  }

  const std::string root_;
};

TEST_F(CgroupTest, Version1InAContainer) {
  Version1Container();
  Put("/sys/fs/cgroup/memory/memory.limit_in_bytes", "536870912\n");
  Put("/sys/fs/cgroup/memory/memory.stat",
      "cache 1\nshmem 2\nhierarchical_memory_limit 536870912\ntotal_cache 7000\ntotal_rss 9\ntotal_shmem 5000\n");
  Put("/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us", "150000\n");
  Put("/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us", "100000\n");
  EXPECT_EQ(Find().MemoryLimit(), 536870912);
  ASSERT_TRUE(Find().Memory().has_value());
  EXPECT_EQ(Find().Memory()->page_cache_bytes, 7000);
  EXPECT_EQ(Find().Memory()->shmem_bytes, 5000);
  EXPECT_EQ(Find().CpuLimit(), 2);
}

TEST_F(CgroupTest, Version1WithoutLimits) {
  Version1Container();
  Put("/sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
  Put("/sys/fs/cgroup/memory/memory.stat", "hierarchical_memory_limit 9223372036854771712\ntotal_cache 0\n");
  Put("/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us", "-1\n");
  Put("/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us", "100000\n");
  EXPECT_EQ(Find().MemoryLimit(), std::nullopt);
  EXPECT_EQ(Find().CpuLimit(), std::nullopt);
}

TEST_F(CgroupTest, Version1TellsALimitOfAGroupThatIsNotSeen) {
  Version1Container();
  Put("/sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
  Put("/sys/fs/cgroup/memory/memory.stat", "total_cache 0\nhierarchical_memory_limit 2147483648\n");
  EXPECT_EQ(Find().MemoryLimit(), 2147483648);
}

TEST_F(CgroupTest, Version2InANamespaceOfItsOwn) {
  Put("/proc/self/mountinfo", "700 690 0:27 / /sys/fs/cgroup ro,nosuid,relatime - cgroup2 cgroup rw,nsdelegate\n");
  Put("/proc/self/cgroup", "0::/\n");
  Group("/sys/fs/cgroup");
  Put("/sys/fs/cgroup/memory.max", "268435456\n");
  Put("/sys/fs/cgroup/memory.stat", "anon 11\nfile 8192\nkernel 3\nshmem 4096\nfile_mapped 1\n");
  Put("/sys/fs/cgroup/cpu.max", "100000 100000\n");
  EXPECT_EQ(Find().MemoryLimit(), 268435456);
  ASSERT_TRUE(Find().Memory().has_value());
  EXPECT_EQ(Find().Memory()->page_cache_bytes, 8192);
  EXPECT_EQ(Find().Memory()->shmem_bytes, 4096);
  EXPECT_EQ(Find().CpuLimit(), 1);
}

TEST_F(CgroupTest, Version2TakesTheSmallestLimitOnTheWayUp) {
  Put("/proc/self/mountinfo", "30 23 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n");
  Put("/proc/self/cgroup", "0::/system.slice/worker.service\n");
  for (const char* folder : {"", "/system.slice", "/system.slice/worker.service"}) {
    Group(std::string("/sys/fs/cgroup") + folder);
  }
  Put("/sys/fs/cgroup/system.slice/memory.max", "1000000\n");
  Put("/sys/fs/cgroup/system.slice/memory.stat", "file 77\nshmem 66\n");
  Put("/sys/fs/cgroup/system.slice/worker.service/memory.max", "max\n");
  Put("/sys/fs/cgroup/system.slice/worker.service/memory.stat", "file 7\nshmem 6\n");
  Put("/sys/fs/cgroup/system.slice/cpu.max", "max 100000\n");
  Put("/sys/fs/cgroup/system.slice/worker.service/cpu.max", "250000 100000\n");
  EXPECT_EQ(Find().MemoryLimit(), 1000000);
  ASSERT_TRUE(Find().Memory().has_value());
  EXPECT_EQ(Find().Memory()->page_cache_bytes, 7);
  EXPECT_EQ(Find().Memory()->shmem_bytes, 6);
  EXPECT_EQ(Find().CpuLimit(), 3);
}

TEST_F(CgroupTest, HybridTakesMemoryWhereItIs) {
  // systemd's hybrid: version 2 is there for its names only, without a controller.
  Put("/proc/self/mountinfo",
      "31 23 0:28 / /sys/fs/cgroup rw - tmpfs tmpfs rw\n"
      "41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n"
      "35 31 0:32 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n");
  Put("/proc/self/cgroup", "4:memory:/jobs/1\n0::/other\n");
  Group("/sys/fs/cgroup/unified");
  Group("/sys/fs/cgroup/unified/other");
  for (const char* folder : {"", "/jobs", "/jobs/1"}) Group(std::string("/sys/fs/cgroup/memory") + folder);
  Put("/sys/fs/cgroup/memory/jobs/1/memory.limit_in_bytes", "9223372036854771712\n");
  Put("/sys/fs/cgroup/memory/jobs/memory.limit_in_bytes", "4096000\n");
  Put("/sys/fs/cgroup/memory/jobs/1/memory.stat", "total_cache 12\ntotal_shmem 8\n");
  EXPECT_EQ(Find().MemoryLimit(), 4096000);
  ASSERT_TRUE(Find().Memory().has_value());
  EXPECT_EQ(Find().Memory()->page_cache_bytes, 12);
  // The processors' controller is at neither.
  EXPECT_EQ(Find().CpuLimit(), std::nullopt);
}

TEST_F(CgroupTest, AHostsPathInAContainerIsTakenToBeTheMount) {
  // Version 2 with the host's namespace, of which the container has its own group mounted, or the whole.
  Put("/proc/self/cgroup", "0::/system.slice/docker-1234.scope\n");
  Group("/sys/fs/cgroup");
  Put("/sys/fs/cgroup/memory.max", "5000000\n");
  for (const char* mounted : {"/system.slice/docker-1234.scope", "/", "/.."}) {
    Put("/proc/self/mountinfo", std::string("700 690 0:27 ") + mounted + " /sys/fs/cgroup ro - cgroup2 cgroup rw\n");
    EXPECT_EQ(Find().MemoryLimit(), 5000000) << mounted;
  }
}

TEST_F(CgroupTest, NothingIsLimitedWithoutControlGroups) {
  EXPECT_EQ(Find().MemoryLimit(), std::nullopt);
  EXPECT_FALSE(Find().Memory().has_value());
  EXPECT_EQ(Find().CpuLimit(), std::nullopt);
  Put("/proc/self/mountinfo",
      "garbage\n\n1 2 3 - cgroup2\n35 31 0:32 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n");
  Put("/proc/self/cgroup", "nonsense\n::\n");
  Put("/sys/fs/cgroup/memory/memory.limit_in_bytes", "");
  Put("/sys/fs/cgroup/memory/memory.stat", "total_cache many\n");
  EXPECT_EQ(Find().MemoryLimit(), std::nullopt);
  EXPECT_FALSE(Find().Memory().has_value());
}

}  // namespace
}  // namespace alluxio
