import TensorFiles
import Testing

@Suite struct ParentFolderTests {
  @Test(arguments: [
    ("a/b", "a"), ("/a/b.c", "/a"), ("/a", "/"), ("/", "/"), ("a", "."), ("a/", "."), (".", "."), ("", "."), ("é", "."),
    ("a//b//", "a"),
  ]) func ofAPath(path: String, folder: String) { #expect(parentFolder(of: path) == folder) }
}
