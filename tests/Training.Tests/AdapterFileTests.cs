using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using EdgeBuild.Contracts;
using EdgeBuild.LlamaCpp;

namespace EdgeBuild.Training.Tests;

/// <summary>Adapters read from files and written to files.</summary>
[TestClass]
public sealed class AdapterFileTests
{
    public static IEnumerable<object[]> Adapters => Fixture.Names.SelectMany(
        model => ((string[])["adapter_random", "adapter_trained"]).Select(adapter => new object[] { model, adapter }));

    [TestMethod]
    [DynamicData(nameof(Adapters))]
    public void Reading_and_writing_a_GGUF_adapter_is_exact(string name, string adapter)
    {
        Fixture fixture = Fixture.Open(name);
        using var folder = new TemporaryFolder();
        using BaseModel model = fixture.Load();
        using (LoraAdapter read = LoraAdapter.ReadGguf(fixture.File(adapter + ".gguf"), model))
        {
            read.WriteGguf(folder.File("adapter.gguf"));
        }

        AssertSameGguf(fixture.File(adapter + ".gguf"), folder.File("adapter.gguf"));
    }

    [TestMethod]
    [DynamicData(nameof(Adapters))]
    public void Reading_and_writing_a_PEFT_adapter_is_exact(string name, string adapter)
    {
        Fixture fixture = Fixture.Open(name);
        using var folder = new TemporaryFolder();
        using BaseModel model = fixture.Load();
        using (LoraAdapter read = LoraAdapter.ReadPeft(fixture.File(adapter), model))
        {
            read.WritePeft(folder.Path, "tiny-" + name);
        }

        AssertSamePeft(fixture.File(adapter), folder.Path);
    }

    [TestMethod]
    [DynamicData(nameof(Adapters))]
    public void PEFT_and_GGUF_turn_into_each_other_as_llama_cpp_converts_them(string name, string adapter)
    {
        Fixture fixture = Fixture.Open(name);
        using var folder = new TemporaryFolder();
        using BaseModel model = fixture.Load();
        using LoraAdapter peft = LoraAdapter.ReadPeft(fixture.File(adapter), model);
        using LoraAdapter gguf = LoraAdapter.ReadGguf(fixture.File(adapter + ".gguf"), model);
        peft.WriteGguf(folder.File("adapter.gguf"));
        gguf.WritePeft(folder.File("peft"), "tiny-" + name);

        AssertSameGguf(fixture.File(adapter + ".gguf"), folder.File("adapter.gguf"));
        AssertSamePeft(fixture.File(adapter), folder.File("peft"));
    }

    [TestMethod]
    public void Extra_metadata_is_written()
    {
        Fixture fixture = Fixture.Open("smollm2");
        using var folder = new TemporaryFolder();
        using BaseModel model = fixture.Load();
        using LoraAdapter adapter = LoraAdapter.Create(model, 4, 8, 1);
        adapter.WriteGguf(folder.File("adapter.gguf"), new Dictionary<string, string> { ["general.name"] = "Größe", ["edgebuild.base.sha256"] = "abc" });

        using GgufFile file = GgufFile.Open(folder.File("adapter.gguf"));
        Assert.AreEqual("Größe", file.GetString("general.name"));
        Assert.AreEqual("abc", file.GetString("edgebuild.base.sha256"));
        Assert.HasCount(1, Directory.GetFiles(folder.Path));
    }

    [TestMethod]
    public void Ranks_may_differ_from_layer_to_layer()
    {
        Fixture fixture = Fixture.Open("smollm2");
        using var folder = new TemporaryFolder();
        using BaseModel model = fixture.Load();
        var layout = new LoraLayout(model.Configuration, part => part.ModuleName switch { "q_proj" => 2, "v_proj" => 5, "down_proj" => 3, _ => 0 });
        using var adapter = new LoraAdapter(model.Configuration, layout, 8, model.Device);
        var random = new SeededRandom(4);
        foreach (LoraSlot slot in layout.Slots)
        {
            adapter.SetA(slot, [.. Enumerable.Range(0, slot.LengthA).Select(_ => (float)random.NextDouble() - 0.5f)]);
            adapter.SetB(slot, [.. Enumerable.Range(0, slot.LengthB).Select(_ => (float)random.NextDouble() - 0.5f)]);
        }

        adapter.WriteGguf(folder.File("adapter.gguf"));
        adapter.WritePeft(folder.File("peft"), "base");
        using LoraAdapter gguf = LoraAdapter.ReadGguf(folder.File("adapter.gguf"), model);
        using LoraAdapter peft = LoraAdapter.ReadPeft(folder.File("peft"), model);

        CollectionAssert.AreEqual(adapter.ToArray(), gguf.ToArray());
        CollectionAssert.AreEqual(adapter.ToArray(), peft.ToArray());
        Assert.AreEqual(5, peft.Rank);
        float[] logits = LlamaCppLogits.Of(fixture.File("base.gguf"), fixture.Tokens, folder.File("adapter.gguf"));
        Assert.IsLessThan(1e-4, Compare.LargestDifference(Compare.Flat(model.Logits(fixture.Tokens, adapter)), logits));
    }

    [TestMethod]
    public void A_rank_stabilized_adapter_keeps_its_scale()
    {
        Fixture fixture = Fixture.Open("smollm2");
        using var folder = new TemporaryFolder();
        using BaseModel model = fixture.Load();
        CopyPeft(fixture, folder, configuration => configuration["use_rslora"] = true);

        using LoraAdapter adapter = LoraAdapter.ReadPeft(folder.Path, model);

        Assert.AreEqual(fixture.Alpha / Math.Sqrt(fixture.Rank), adapter.ScaleOf(adapter.Layout.Slots[0]), 1e-12);
    }

    [TestMethod]
    [DataRow(3, 7.5)]
    [DataRow(16, 32)]
    public void A_rank_stabilized_adapter_says_so_in_the_files_of_PEFT_and_has_its_scale_in_GGUF(int rank, double alpha)
    {
        using var folder = new TemporaryFolder();
        using BaseModel model = Fixture.Open("smollm2").Load();
        using LoraAdapter adapter = LoraAdapter.Create(model, rank, alpha, 1, rankStabilized: true);

        adapter.WritePeft(folder.Path, "base");
        adapter.WriteGguf(folder.File("adapter.gguf"));

        JsonNode configuration = JsonNode.Parse(File.ReadAllText(folder.File("adapter_config.json")))!;
        Assert.IsTrue(configuration["use_rslora"]!.GetValue<bool>());
        Assert.AreEqual(alpha, configuration["lora_alpha"]!.GetValue<double>());
        using LoraAdapter fromPeft = LoraAdapter.ReadPeft(folder.Path, model);
        using LoraAdapter fromGguf = LoraAdapter.ReadGguf(folder.File("adapter.gguf"), model);
        foreach (LoraAdapter read in (LoraAdapter[])[adapter, fromPeft, fromGguf])
        {
            Assert.AreEqual(alpha / Math.Sqrt(rank), read.ScaleOf(read.Layout.Slots[0]), 1e-6);
        }
    }

    [TestMethod]
    public void An_adapter_of_another_base_is_refused()
    {
        using BaseModel model = Fixture.Open("llama3").Load();
        Fixture other = Fixture.Open("smollm2");

        AssertMismatch(() => LoraAdapter.ReadGguf(other.File("adapter_random.gguf"), model));
        AssertMismatch(() => LoraAdapter.ReadPeft(other.File("adapter_random"), model));
    }

    [TestMethod]
    public void A_file_that_is_no_adapter_is_refused()
    {
        Fixture fixture = Fixture.Open("llama3");
        using BaseModel model = fixture.Load();

        AssertMismatch(() => LoraAdapter.ReadGguf(fixture.File("base.gguf"), model));
    }

    [TestMethod]
    public void A_GGUF_adapter_that_lacks_a_matrix_or_all_is_refused()
    {
        Fixture fixture = Fixture.Open("llama3");
        using var folder = new TemporaryFolder();
        using BaseModel model = fixture.Load();

        foreach (Func<string, bool> keep in (Func<string, bool>[])[name => name != "blk.0.attn_q.weight.lora_b", name => name != "blk.1.ffn_up.weight.lora_a", _ => false])
        {
            using (GgufFile source = GgufFile.Open(fixture.File("adapter_random.gguf")))
            using (var writer = new GgufWriter(source))
            {
                foreach (GgufTensor tensor in source.Tensors.Where(tensor => keep(tensor.Name)))
                {
                    writer.AddTensor(tensor);
                }

                writer.Write(folder.File("adapter.gguf"));
            }

            AssertMismatch(() => LoraAdapter.ReadGguf(folder.File("adapter.gguf"), model), ErrorCodes.InvalidGguf);
        }
    }

    [TestMethod]
    public void A_PEFT_adapter_that_lacks_a_matrix_or_all_is_refused()
    {
        Fixture fixture = Fixture.Open("llama3");
        using var folder = new TemporaryFolder();
        using BaseModel model = fixture.Load();
        CopyPeft(fixture, folder, _ => { });
        const string Module = "base_model.model.model.layers.0.self_attn.q_proj";
        foreach (Func<string, bool> keep in (Func<string, bool>[])[name => name != Module + ".lora_B.weight", name => name != Module + ".lora_A.weight", _ => false])
        {
            SafetensorsFile source = SafetensorsFile.Read(Path.Combine(fixture.File("adapter_random"), PeftAdapterFile.WeightsName));
            SafetensorsFile.Write(
                folder.File(PeftAdapterFile.WeightsName), source.Tensors.Where(tensor => keep(tensor.Key)).ToDictionary(tensor => tensor.Key, tensor => tensor.Value));

            AssertMismatch(() => LoraAdapter.ReadPeft(folder.Path, model));
        }
    }

    [TestMethod]
    [DataRow("peft_type", "\"IA3\"")]
    [DataRow("use_dora", "true")]
    [DataRow("lora_bias", "true")]
    [DataRow("fan_in_fan_out", "true")]
    [DataRow("bias", "\"all\"")]
    [DataRow("modules_to_save", "[\"lm_head\"]")]
    [DataRow("alpha_pattern", "{\"q_proj\":4}")]
    public void A_PEFT_adapter_with_parts_that_no_GGUF_adapter_holds_is_refused(string key, string value)
    {
        Fixture fixture = Fixture.Open("llama3");
        using var folder = new TemporaryFolder();
        using BaseModel model = fixture.Load();
        CopyPeft(fixture, folder, configuration => configuration[key] = JsonNode.Parse(value));

        AssertMismatch(() => LoraAdapter.ReadPeft(folder.Path, model));
    }

    [TestMethod]
    [DataRow("{ ", "")]
    [DataRow("[]", "")]
    [DataRow("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}", "not in the file")]
    [DataRow("{\"a\":{\"dtype\":\"F32\",\"shape\":[-1],\"data_offsets\":[0,0]}}", "negative")]
    [DataRow("{\"a\":{\"dtype\":\"I64\",\"shape\":[0],\"data_offsets\":[0,0]}}", "I64")]
    [DataRow("{\"a\":{\"dtype\":\"F32\",\"shape\":[0]}}", "")]
    [DataRow("{\"a\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0]},\"a\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0]}}", "twice")]
    public void Damaged_safetensors_are_refused(string header, string reason)
    {
        Fixture fixture = Fixture.Open("llama3");
        using var folder = new TemporaryFolder();
        using BaseModel model = fixture.Load();
        CopyPeft(fixture, folder, _ => { });
        string path = folder.File(PeftAdapterFile.WeightsName);
        File.WriteAllBytes(path, [.. BitConverter.GetBytes((long)header.Length), .. Encoding.UTF8.GetBytes(header)]);

        Assert.Contains(reason, AssertMismatch(() => LoraAdapter.ReadPeft(folder.Path, model)));
        byte[] cut = File.ReadAllBytes(path);
        for (int length = 0; length < 8 + header.Length; length += 7)
        {
            File.WriteAllBytes(path, cut[..length]);
            Assert.Contains("cut off", AssertMismatch(() => LoraAdapter.ReadPeft(folder.Path, model)));
        }
    }

    [TestMethod]
    [DataRow(PeftAdapterFile.WeightsName)]
    [DataRow("adapter_config.json")]
    public void A_PEFT_folder_without_one_of_its_files_is_refused(string name)
    {
        Fixture fixture = Fixture.Open("llama3");
        using var folder = new TemporaryFolder();
        using BaseModel model = fixture.Load();
        CopyPeft(fixture, folder, _ => { });
        File.Delete(folder.File(name));

        Assert.Contains("does not exist", AssertMismatch(() => LoraAdapter.ReadPeft(folder.Path, model)));
    }

    private static string AssertMismatch(Func<LoraAdapter> read, string code = ErrorCodes.AdapterMismatch)
    {
        EdgeBuildException exception = Assert.Throws<EdgeBuildException>(() =>
        {
            using LoraAdapter adapter = read();
        });
        Assert.AreEqual(code, exception.Code, exception.Message);
        return exception.Message;
    }

    private static void AssertSameGguf(string expectedPath, string actualPath)
    {
        using GgufFile expected = GgufFile.Open(expectedPath);
        using GgufFile actual = GgufFile.Open(actualPath);
        foreach (string key in (string[])["general.architecture", "general.type", "adapter.type"])
        {
            Assert.AreEqual(expected.GetString(key), actual.GetString(key), key);
        }

        Assert.AreEqual(GgufValueType.Float32, actual.GetValueType("adapter.lora.alpha"));
        Assert.AreEqual(expected.GetNumber("adapter.lora.alpha"), actual.GetNumber("adapter.lora.alpha"));
        CollectionAssert.AreEquivalent(expected.Tensors.Select(tensor => tensor.Name).ToArray(), actual.Tensors.Select(tensor => tensor.Name).ToArray());
        foreach (GgufTensor tensor in expected.Tensors)
        {
            GgufTensor own = actual.GetTensor(tensor.Name);
            Assert.AreEqual(tensor.Type, own.Type, tensor.Name);
            CollectionAssert.AreEqual(tensor.Shape.ToArray(), own.Shape.ToArray(), tensor.Name);
            Assert.IsTrue(tensor.Data.SequenceEqual(own.Data), tensor.Name);
        }
    }

    private static void AssertSamePeft(string expectedDirectory, string actualDirectory)
    {
        CollectionAssert.AreEquivalent(
            (string[])[PeftAdapterFile.ConfigurationName, PeftAdapterFile.WeightsName], Directory.EnumerateFileSystemEntries(actualDirectory).Select(path => Path.GetFileName(path)).ToArray());
        SafetensorsFile expected = SafetensorsFile.Read(Path.Combine(expectedDirectory, PeftAdapterFile.WeightsName));
        SafetensorsFile actual = SafetensorsFile.Read(Path.Combine(actualDirectory, PeftAdapterFile.WeightsName));
        CollectionAssert.AreEquivalent(expected.Tensors.Keys.ToArray(), actual.Tensors.Keys.ToArray());
        foreach ((string name, SafetensorsTensor tensor) in expected.Tensors)
        {
            CollectionAssert.AreEqual(tensor.Shape, actual.Tensors[name].Shape, name);
            CollectionAssert.AreEqual(tensor.Values, actual.Tensors[name].Values, name);
        }

        using JsonDocument expectedConfiguration = Configuration(expectedDirectory);
        using JsonDocument actualConfiguration = Configuration(actualDirectory);
        foreach (JsonProperty property in actualConfiguration.RootElement.EnumerateObject().Where(property => property.Name != "target_modules"))
        {
            Assert.IsTrue(JsonElement.DeepEquals(expectedConfiguration.RootElement.GetProperty(property.Name), property.Value), property.Name);
        }

        CollectionAssert.AreEquivalent(Modules(expectedConfiguration), Modules(actualConfiguration));

        static JsonDocument Configuration(string directory) => JsonDocument.Parse(File.ReadAllBytes(Path.Combine(directory, PeftAdapterFile.ConfigurationName)));
        static string[] Modules(JsonDocument document) => [.. document.RootElement.GetProperty("target_modules").EnumerateArray().Select(module => module.GetString()!)];
    }

    private static void CopyPeft(Fixture fixture, TemporaryFolder folder, Action<JsonObject> change)
    {
        string source = fixture.File("adapter_random");
        JsonObject configuration = JsonNode.Parse(File.ReadAllBytes(Path.Combine(source, PeftAdapterFile.ConfigurationName)))!.AsObject();
        change(configuration);
        File.WriteAllText(folder.File(PeftAdapterFile.ConfigurationName), configuration.ToJsonString());
        File.Copy(Path.Combine(source, PeftAdapterFile.WeightsName), folder.File(PeftAdapterFile.WeightsName));
    }
}
