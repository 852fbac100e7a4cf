namespace EdgeBuild.Runtime.Tests;

[TestClass]
public sealed class LabelTrieTests
{
    [TestMethod]
    public void Common_beginnings_are_evaluated_once_and_last_tokens_not_at_all()
    {
        var trie = new LabelTrie([[1, 2, 3], [1, 2, 4], [5]], terminator: 9, maximumNodes: 100);

        Assert.IsNotNull(trie.Fused);
        CollectionAssert.AreEqual(new[] { 1, 2 }, trie.Fused.Nodes.Select(node => node.Token).ToArray());
        CollectionAssert.AreEqual(new[] { 0, 1 }, trie.Fused.Nodes[1].Members);
        Assert.AreEqual(1, trie.Fused.BranchCount);
        Assert.AreEqual(2, trie.LargestGroup);
        Assert.IsTrue(trie.IsKnownByFirstToken(2));
        Assert.IsFalse(trie.IsKnownByFirstToken(0));
    }

    [TestMethod]
    public void The_end_of_a_label_is_evaluated_where_another_goes_on()
    {
        var trie = new LabelTrie([[1, 2, 3], [1, 2], [1]], terminator: 9, maximumNodes: 100);

        Assert.IsNotNull(trie.Fused);
        CollectionAssert.AreEqual(new[] { 1, 2 }, trie.Fused.Nodes.Select(node => node.Token).ToArray());
        CollectionAssert.AreEqual(new[] { 0, 1 }, trie.Fused.Nodes[1].Members);
        CollectionAssert.AreEqual(new[] { 0, 1, 2 }, trie.Fused.Nodes[0].Members);
    }

    [TestMethod]
    public void Labels_of_one_token_need_no_node()
    {
        var trie = new LabelTrie([.. Enumerable.Range(0, 300).Select(i => new[] { i })], 999, maximumNodes: 16);

        Assert.IsNull(trie.Fused);
        Assert.AreEqual((0, 0), (trie.LargestGroup, trie.LargestFork));
        Assert.IsTrue(Enumerable.Range(0, 300).All(trie.IsKnownByFirstToken));
    }

    [TestMethod]
    public void Every_path_spells_its_label()
    {
        int[][] labels = [[7, 8], [7], [3, 3, 3], [7, 8, 2], [1]];
        int[][] paths = [[7, 8], [7], [3, 3], [7, 8], []];
        foreach (int maximumNodes in new[] { 1, 2, 3, 100 })
        {
            var trie = new LabelTrie(labels, 9, maximumNodes);
            List<int> left = [0, 1, 2, 3, 4];
            while (left.Count > 0)
            {
                LabelTrie.Group group = trie.GroupOf(left);
                CollectionAssert.AreEqual(left[..group.Labels.Count], group.Labels);
                Assert.IsNotEmpty(group.Labels);
                for (int member = 0; member < group.Labels.Count; member++)
                {
                    LabelTrie.Node[] path = [.. group.Nodes.Where(node => node.Members.Contains(member))];
                    CollectionAssert.AreEqual(paths[group.Labels[member]], path.Select(node => node.Token).ToArray());
                    CollectionAssert.AreEqual(Enumerable.Range(0, path.Length).ToArray(), path.Select(node => node.Depth).ToArray());
                    for (int depth = 1; depth < path.Length; depth++)
                    {
                        Assert.AreSame(path[depth - 1], group.Nodes[path[depth].Parent]);
                        CollectionAssert.IsSubsetOf(path[depth].Branches, path[depth - 1].Branches, "a branch goes through all tokens before");
                    }
                }

                int[] ends = [.. group.Nodes.Where((_, index) => group.Nodes.TrueForAll(node => node.Parent != index)).SelectMany(node => node.Branches)];
                CollectionAssert.AreEquivalent(Enumerable.Range(0, group.BranchCount).ToArray(), ends);
                left.RemoveRange(0, group.Labels.Count);
            }
        }
    }

    [TestMethod]
    public void Groups_keep_to_the_limit_of_nodes_which_no_label_exceeds()
    {
        var trie = new LabelTrie([[1, 2], [3, 4], [5, 6, 7, 8, 9]], 0, maximumNodes: 4);

        Assert.IsNull(trie.Fused);
        Assert.AreEqual(5, trie.LargestGroup);
        CollectionAssert.AreEqual(new[] { 0, 1 }, trie.GroupOf([0, 1, 2]).Labels);
        CollectionAssert.AreEqual(new[] { 2, 1 }, trie.GroupOf([2, 1, 0]).Labels);
    }

    [TestMethod]
    public void Many_labels_are_not_fused()
    {
        var trie = new LabelTrie([.. Enumerable.Range(0, 50).Select(i => new[] { i, i })], 99, maximumNodes: 128);

        Assert.IsNull(trie.Fused);
        Assert.AreEqual((50, 50), (trie.LargestGroup, trie.LargestFork));
    }
}
