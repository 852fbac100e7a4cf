namespace EdgeBuild.Runtime.Tests;

[TestClass]
public sealed class LabelTrieTests
{
    [TestMethod]
    public void Common_beginnings_are_evaluated_once()
    {
        var trie = new LabelTrie([[1, 2, 3], [1, 2, 4], [5]], terminator: 9, maximumNodes: 100, maximumLabels: 100);

        Assert.HasCount(1, trie.Groups);
        Assert.HasCount(5, trie.Groups[0].Nodes);
        CollectionAssert.AreEqual(trie.PathOf(0)[..2].ToArray(), trie.PathOf(1)[..2].ToArray());
        Assert.AreNotEqual(trie.PathOf(0)[2], trie.PathOf(1)[2]);
    }

    [TestMethod]
    public void Every_path_spells_its_label()
    {
        int[][] labels = [[7, 8], [7], [3, 3, 3], [7, 8, 2], [1]];
        foreach (int maximumNodes in new[] { 1, 2, 3, 100 })
        {
            var trie = new LabelTrie(labels, 9, maximumNodes, 2);
            int seen = 0;
            foreach (LabelTrie.Group group in trie.Groups)
            {
                Assert.IsLessThanOrEqualTo(2, group.Labels.Count);
                foreach (int label in group.Labels)
                {
                    seen++;
                    int parent = -1;
                    int depth = 0;
                    foreach (int index in trie.PathOf(label))
                    {
                        LabelTrie.Node node = group.Nodes[index];
                        Assert.AreEqual(parent, node.Parent);
                        Assert.AreEqual(depth, node.Depth);
                        Assert.AreEqual(labels[label][depth], node.Token);
                        Assert.Contains(group.Labels.IndexOf(label), node.Members);
                        parent = index;
                        depth++;
                    }

                    Assert.HasCount(depth, labels[label]);
                }
            }

            Assert.AreEqual(labels.Length, seen);
        }
    }

    [TestMethod]
    public void Groups_keep_to_the_limit_of_nodes_unless_one_label_alone_is_longer()
    {
        var trie = new LabelTrie([[1, 2], [3, 4], [5, 6, 7, 8, 9]], 0, maximumNodes: 4, maximumLabels: 10);

        CollectionAssert.AreEqual(new[] { 4, 5 }, trie.Groups.Select(group => group.Nodes.Count).ToArray());
    }
}
