using EdgeBuild.Contracts.Bases;

namespace EdgeBuild.Contracts.Tests;

[TestClass]
public sealed class BaseSourceTests
{
    private const string Commit = "0123456789abcdef0123456789abcdef01234567";

    [TestMethod]
    [DataRow("hf:owner/repo@" + Commit + "/model.gguf", "owner/repo", Commit, "model.gguf", true)]
    [DataRow("hf:owner/repo-1.5_x@main/a/b/model.Q4_0.gguf", "owner/repo-1.5_x", "main", "a/b/model.Q4_0.gguf", false)]
    [DataRow("hf:owner/repo/model.gguf", "owner/repo", "", "model.gguf", false)]
    [DataRow("nuget:EdgeBuild.Base.SmolLM2@1.0.0-beta.1", "EdgeBuild.Base.SmolLM2", "1.0.0-beta.1", "", true)]
    [DataRow("nuget:A@1.0.0/model/x.gguf", "A", "1.0.0", "model/x.gguf", true)]
    public void Sources_are_read_and_written_alike(string text, string name, string version, string file, bool isFixed)
    {
        BaseSource source = BaseSource.Parse(text)!;

        Assert.AreEqual((name, version, file, isFixed, text), (source.Name, source.Version, source.File, source.IsFixed, source.ToString()));
    }

    [TestMethod]
    [DataRow("hf:")]
    [DataRow("hf:repo/model.gguf")]
    [DataRow("hf:owner/repo@main")]
    [DataRow("hf:owner/repo@main/model.bin")]
    [DataRow("hf:owner/repo@/model.gguf")]
    [DataRow("hf:owner/../repo@main/model.gguf")]
    [DataRow("hf:owner/repo@main/../../model.gguf")]
    [DataRow("hf:owner/repo@main//model.gguf")]
    [DataRow("hf:owner@x/repo@main/model.gguf")]
    [DataRow("hf:owner/repo@main/a b.gguf")]
    [DataRow("nuget:A")]
    [DataRow("nuget:A@")]
    [DataRow("nuget:@1.0.0")]
    [DataRow("nuget:A@1.0.0/readme.md")]
    public void What_has_another_form_is_none(string text) => Assert.IsNull(BaseSource.Parse(text));

    [TestMethod]
    [DataRow("base.gguf", false)]
    [DataRow("C:\\models\\base.gguf", false)]
    [DataRow("HF:a/b@c/d.gguf", true)]
    [DataRow("NuGet:a@1", true)]
    public void Paths_are_not_fetched(string text, bool isRemote) => Assert.AreEqual(isRemote, BaseSource.IsRemote(text));
}
