using EdgeBuild.LlamaCpp;
using static TorchSharp.torch;

namespace EdgeBuild.Training.Tests;

/// <summary>
/// A llama model as one reads it in a textbook, differentiated by libtorch's autograd in 64-bit floats. It shares no code with the trainer: files are
/// read through llama.cpp's reader, and every text is computed apart. Its tensors belong to the dispose scope in which it is made.
/// </summary>
internal sealed class OracleModel
{
    private readonly Dictionary<string, Tensor> _weights;
    private readonly Dictionary<string, (Tensor A, Tensor B)> _adapter = [];
    private readonly double _scale;
    private readonly int _layers;
    private readonly int _heads;
    private readonly int _keyHeads;
    private readonly double _epsilon;
    private readonly double _ropeBase;

    public OracleModel(string basePath, string adapterPath)
    {
        using GgufFile file = GgufFile.Open(basePath);
        _weights = file.Tensors.ToDictionary(tensor => tensor.Name, Read);
        _layers = (int)file.GetInteger("llama.block_count")!;
        _heads = (int)file.GetInteger("llama.attention.head_count")!;
        _keyHeads = (int)file.GetInteger("llama.attention.head_count_kv")!;
        _epsilon = file.GetNumber("llama.attention.layer_norm_rms_epsilon")!.Value;
        _ropeBase = file.GetNumber("llama.rope.freq_base")!.Value;

        using GgufFile adapter = GgufFile.Open(adapterPath);
        foreach (string name in _weights.Keys.Where(name => adapter.FindTensor(name + ".lora_a") is not null))
        {
            _adapter.Add(name, (Read(adapter.GetTensor(name + ".lora_a")).requires_grad_(), Read(adapter.GetTensor(name + ".lora_b")).requires_grad_()));
        }

        _scale = adapter.GetNumber("adapter.lora.alpha")!.Value / _adapter.First().Value.A.shape[0];
    }

    public IReadOnlyDictionary<string, (Tensor A, Tensor B)> Adapter => _adapter;

    /// <summary>Weighted mean of the cross entropies over all completion tokens, with the gradients of all A's and B's.</summary>
    public double Train(IReadOnlyList<TrainingExample> examples)
    {
        Tensor sum = zeros(1, dtype: ScalarType.Float64);
        double total = 0;
        foreach (TrainingExample example in examples)
        {
            int[] text = [.. example.PromptTokens, .. example.CompletionTokens];
            Tensor logits = Logits(text[..^1]).narrow(0, example.PromptTokens.Length - 1, example.CompletionTokens.Length);
            Tensor right = tensor(example.CompletionTokens.Select(token => (long)token).ToArray()).unsqueeze(1);
            float[] weights = example.CompletionWeights ?? [.. Enumerable.Repeat(1f, example.CompletionTokens.Length)];
            Tensor losses = nn.functional.log_softmax(logits, 1).gather(1, right).neg().squeeze(1);
            sum = sum + losses.mul(tensor(weights.Select(weight => (double)weight).ToArray())).sum();
            total += weights.Sum();
        }

        Tensor loss = sum / total;
        loss.backward();
        return loss.item<double>();
    }

    private Tensor Logits(int[] tokens)
    {
        Tensor x = _weights["token_embd.weight"].index_select(0, tensor(tokens.Select(token => (long)token).ToArray()));
        for (int layer = 0; layer < _layers; layer++)
        {
            string block = $"blk.{layer}.";
            x = x + Attention(block, Norm(x, block + "attn_norm"));
            Tensor h = Norm(x, block + "ffn_norm");
            x = x + Linear(nn.functional.silu(Linear(h, block + "ffn_gate")) * Linear(h, block + "ffn_up"), block + "ffn_down");
        }

        Tensor head = _weights.TryGetValue("output.weight", out Tensor? output) ? output : _weights["token_embd.weight"];
        return Norm(x, "output_norm").matmul(head.t());
    }

    private Tensor Attention(string block, Tensor x)
    {
        long length = x.shape[0];
        Tensor query = Rotate(Heads(Linear(x, block + "attn_q"), _heads));
        Tensor key = Rotate(Heads(Linear(x, block + "attn_k"), _keyHeads)).repeat_interleave(_heads / _keyHeads, dim: 0);
        Tensor value = Heads(Linear(x, block + "attn_v"), _keyHeads).repeat_interleave(_heads / _keyHeads, dim: 0);
        Tensor future = ones(length, length, dtype: ScalarType.Bool).triu(1);
        Tensor scores = query.matmul(key.transpose(1, 2)) / Math.Sqrt(query.shape[2]);
        Tensor attended = nn.functional.softmax(scores.masked_fill(future, double.NegativeInfinity), 2).matmul(value);
        return Linear(attended.transpose(0, 1).reshape(length, -1), block + "attn_output");
    }

    private Tensor Linear(Tensor x, string name)
    {
        Tensor y = x.matmul(_weights[name + ".weight"].t());
        return _adapter.TryGetValue(name + ".weight", out (Tensor A, Tensor B) lora) ? y + (x.matmul(lora.A.t()).matmul(lora.B.t()) * _scale) : y;
    }

    private Tensor Norm(Tensor x, string name) => x * (x.square().mean([1], keepdim: true) + _epsilon).rsqrt() * _weights[name + ".weight"];

    /// <summary>Turns the pairs (2j, 2j + 1) of each head by position · base^(−2j / n) / factor(j).</summary>
    private Tensor Rotate(Tensor x)
    {
        long length = x.shape[1];
        long half = x.shape[2] / 2;
        Tensor frequencies = pow(tensor(_ropeBase), arange(half, dtype: ScalarType.Float64) * (-1.0 / half));
        if (_weights.TryGetValue("rope_freqs.weight", out Tensor? factors))
        {
            frequencies = frequencies / factors.flatten();
        }

        Tensor angles = outer(arange(length, dtype: ScalarType.Float64), frequencies);
        Tensor pairs = x.unflatten(2, [half, 2]);
        Tensor first = pairs.select(3, 0);
        Tensor second = pairs.select(3, 1);
        return stack([(first * angles.cos()) - (second * angles.sin()), (first * angles.sin()) + (second * angles.cos())], 3).flatten(2);
    }

    private static Tensor Heads(Tensor x, int count) => x.unflatten(1, [count, x.shape[1] / count]).transpose(0, 1);

    private static Tensor Read(GgufTensor source)
    {
        Tensor values = tensor(source.Dequantize()).to(ScalarType.Float64);
        return source.RowCount == 1 && !source.Name.Contains(".lora_", StringComparison.Ordinal) ? values : values.reshape(source.RowCount, source.RowLength);
    }
}
