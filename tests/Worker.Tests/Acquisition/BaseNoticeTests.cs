using EdgeBuild.Contracts.Plans;
using EdgeBuild.Worker.Acquisition;

namespace EdgeBuild.Worker.Tests.Acquisition;

[TestClass]
public sealed class BaseNoticeTests
{
    private readonly string _cache = Directory.CreateTempSubdirectory("edgebuild-notice-").FullName;

    [TestCleanup]
    public void RemoveCache() => Directory.Delete(_cache, recursive: true);

    [TestMethod]
    [DataRow("llama3.2")]
    [DataRow("LicenseRef-Llama-3.2")]
    public void A_Llama_model_says_that_it_is_built_with_Llama(string license)
    {
        BaseNotice notice = Notice(license);
        string text = notice.ToText("Support");

        Assert.StartsWith("Built with Llama\n", text);
        Assert.Contains("Llama 3.2 is licensed under the Llama 3.2 Community License, Copyright (c) Meta Platforms, Inc. All Rights Reserved.", text);
        Assert.Contains("\"Built with Llama\"", notice.Duty!);
    }

    [TestMethod]
    public void A_Gemma_model_carries_its_terms()
    {
        Assert.Contains("Gemma is provided under and subject to the Gemma Terms of Use found at ai.google.dev/gemma/terms", Notice("gemma").ToText("Support"));
        Assert.Contains("use restrictions", Notice("gemma").Duty!);
    }

    [TestMethod]
    public void A_model_under_the_Apache_licence_carries_its_text_and_says_that_it_was_changed()
    {
        string text = Notice("apache-2.0").ToText("Support");

        Assert.Contains("modified version of 'base'", text);
        Assert.Contains("TERMS AND CONDITIONS FOR USE, REPRODUCTION, AND DISTRIBUTION", text);
        Assert.IsNull(Notice("Apache-2.0").Duty);
    }

    [TestMethod]
    public void A_duty_is_shown_once_for_each_base()
    {
        Assert.IsNotNull(Notice("gemma").TakeDuty(_cache));
        Assert.IsNull(Notice("gemma").TakeDuty(_cache));
        Assert.IsNotNull(Notice("gemma", "2").TakeDuty(_cache));
        Assert.IsNull(Notice("MIT").TakeDuty(_cache));
    }

    private static BaseNotice Notice(string license, string sha256 = "1") => new(new PlannedBase("base", "base.gguf", sha256, license, "hf:a/b@c/base.gguf"));
}
