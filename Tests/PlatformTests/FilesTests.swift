import Glibc
import Platform
import Testing

struct FilesTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test func aFileIsReplacedAsAWhole() throws {
        let path = folder.path + "/file"
        try Files.write("first", to: path)
        try Files.write("second", to: path)
        #expect(Files.read(path, limit: 6) == "second")
        #expect(Files.read(path, limit: 5) == nil)
        #expect(Files.read(folder.path + "/none", limit: 5) == nil)
        #expect(try Files.names(in: folder.path) == ["file"])
        #expect(throws: KernelFailure.self) { try Files.write("x", to: folder.path + "/no/file") }
        #expect(throws: KernelFailure.self) { try Files.write("x", to: folder.path) }
        #expect(try Files.names(in: folder.path) == ["file"])
    }

    @Test func foldersAreMadeWithThoseAbove() throws {
        try Files.makeFolders(folder.path + "/a/b//c/")
        try Files.makeFolders(folder.path + "/a/b/c")
        #expect(Files.isFolder(folder.path + "/a/b/c"))
        try Files.write("", to: folder.path + "/file")
        #expect(throws: KernelFailure.self) { try Files.makeFolders(folder.path + "/file") }
        #expect(throws: KernelFailure.self) { try Files.makeFolders(folder.path + "/file/below") }
    }

    @Test func removingFollowsNoLink() throws {
        let (tree, outside) = (folder.path + "/tree", folder.path + "/outside")
        try Files.makeFolders(tree + "/a/b")
        try Files.makeFolders(outside)
        try Files.write("kept", to: outside + "/file")
        try Files.write("gone", to: tree + "/a/b/file")
        #expect(symlink(outside, tree + "/a/link") == 0)
        #expect(symlink(outside + "/file", tree + "/link") == 0)
        #expect(Files.treeSize(tree) == 4)
        try Files.removeTree(tree)
        #expect(try Files.names(in: folder.path) == ["outside"])
        #expect(Files.read(outside + "/file", limit: 9) == "kept")
        try Files.removeTree(tree)
        #expect(symlink(outside, tree) == 0)
        #expect(throws: KernelFailure.self) { try Files.removeTree(tree) }
        #expect(Files.read(outside + "/file", limit: 9) == "kept")
    }

    @Test(.enabled(if: Privileges.isFullRoot, "mounts"))
    func removingCrossesNoMount() throws {
        let (tree, outside) = (folder.path + "/tree", folder.path + "/outside")
        try Files.makeFolders(tree + "/mounted")
        try Files.makeFolders(tree + "/z")
        try Files.makeFolders(outside)
        try Files.write("kept", to: outside + "/file")
        // A bind mount of the same filesystem: device numbers would not tell.
        try Tool.require("mount", ["--bind", outside, tree + "/mounted"])
        defer { _ = try? Tool.run("umount", [tree + "/mounted"]) }
        let error = #expect(throws: KernelFailure.self) { try Files.removeTree(tree) }
        #expect(error?.number == EXDEV)
        #expect(error?.message.contains("tree/mounted") == true)
        #expect(Files.read(outside + "/file", limit: 9) == "kept")
        #expect(Files.treeSize(tree) == 0)
    }

    @Test func emptyingKeepsTheFolder() throws {
        try Files.makeFolders(folder.path + "/a/b")
        try Files.write("", to: folder.path + "/c")
        try Files.removeContents(of: folder.path)
        #expect(try Files.names(in: folder.path) == [])
    }

    @Test func aFileWithoutANameTakesNoName() throws {
        let file = try Files.unnamed(in: folder.path, bytes: 1 << 20)
        #expect(try Files.names(in: folder.path) == [])
        #expect(lseek(file.raw, 0, SEEK_END) == 1 << 20)
    }

    @Test func aLockIsHeldUntilItsHolderIsGone() throws {
        let path = folder.path + "/lock"
        do {
            let lock = try FileLock(path, create: true)
            let held = #expect(throws: KernelFailure.self) { _ = try FileLock(path, create: false) }
            #expect(held?.number == EWOULDBLOCK)
            let there = #expect(throws: KernelFailure.self) { _ = try FileLock(path, create: true) }
            #expect(there?.number == EEXIST)
            _ = consume lock
        }
        _ = try FileLock(path, create: false)
    }

    @Test func aFilesystemSaysItsSpace() throws {
        let space = try Files.space(at: "/dev/shm")
        #expect(space.type == 0x0102_1994 && space.free <= space.all)
        #expect(throws: KernelFailure.self) { try Files.space(at: "/no/such") }
    }
}

struct ProcessTests {
    @Test func memoryOfAProcessIsWhatItAllocated() throws {
        let before = try #require(Memory.anonymousBytes())
        // Asked of the kernel: what malloc gives may be memory that an earlier test left with the process.
        let size = 32 << 20
        let block = try #require(mmap(nil, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0))
        #expect(block != MAP_FAILED)
        defer { munmap(block, size) }
        memset(block, 1, size)
        let after = try #require(Memory.anonymousBytes())
        #expect(after - before >= 24 << 20)
        #expect(Memory.anonymousBytes(of: .max) == nil)
    }

    @Test func theTableKnowsThisProcessAndItsState() throws {
        let own = try #require(ProcessTable.entry(getpid()))
        #expect(own.parent == getppid() && own.session == getsid(0))
        #expect(ProcessTable.entries().contains { $0.pid == getpid() })
        #expect(ProcessTable.entry(.max) == nil)
    }

    @Test func orphansAreReapedAndChildrenAreNot() throws {
        let child = try Child(executable: "true", arguments: [], diesWithParent: false)
        #expect(eventually { ProcessTable.entry(child.pid)?.state == "Z" })
        ProcessTable.reapOrphans()
        #expect(child.status == .exited(0))
    }

    @Test func namedErrorsReadAsTheKernelsManualDoes() {
        #expect(KernelError.name(EIO) == "EIO" && KernelError.name(9999) == "errno 9999")
        #expect(KernelError.text(ENOSPC) == "ENOSPC: No space left on device")
    }
}
