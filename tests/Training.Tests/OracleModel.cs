using EdgeBuild.LlamaCpp;
using static TorchSharp.torch;

namespace EdgeBuild.Training.Tests;

/// <summary>
/// A model as one reads it in a textbook, differentiated by libtorch's autograd in 64-bit floats. It shares no code with the trainer: files are
/// read through llama.cpp's reader, and every text is computed apart. What an architecture has is told by the tensors and keys of its file. Its
/// tensors belong to the dispose scope in which it is made.
/// </summary>
internal sealed class OracleModel
{
    private readonly Dictionary<string, Tensor> _weights;
    private readonly Dictionary<string, (Tensor A, Tensor B)> _adapter = [];
    private readonly List<(Tensor Weight, Tensor Bias)> _labelHeads = [];
    // A number would become an object that the collector may take while libtorch still reads it.
    private readonly TorchSharp.Scalar _scale;
    private readonly bool _isLlama;
    private readonly bool _isGemma;
    private readonly int _layers;
    private readonly int _heads;
    private readonly int _keyHeads;
    private readonly double _epsilon;
    private readonly double _ropeBase;
    private readonly double _localRopeBase;
    private readonly int _rotated;
    private readonly double _rotatedScale;
    private readonly int _window;

    public OracleModel(string basePath, string adapterPath)
    {
        using GgufFile file = GgufFile.Open(basePath);
        _weights = file.Tensors.ToDictionary(tensor => tensor.Name, Read);
        _isLlama = file.Architecture == "llama";
        _isGemma = file.Architecture == "gemma3";
        _layers = (int)Number("block_count");
        _heads = (int)Number("attention.head_count");
        _keyHeads = (int)Number("attention.head_count_kv");
        _epsilon = Number("attention.layer_norm_rms_epsilon");
        _ropeBase = Number("rope.freq_base");
        _localRopeBase = Number("rope.freq_base_swa", 0);
        _rotated = (int)Number("rope.dimension_count", 0);
        _rotatedScale = Number("rope.scaling.attn_factor", 1);
        _window = (int)Number("attention.sliding_window", 0);

        using GgufFile adapter = GgufFile.Open(adapterPath);
        foreach (string name in _weights.Keys.Where(name => adapter.FindTensor(name + ".lora_a") is not null))
        {
            _adapter.Add(name, (Read(adapter.GetTensor(name + ".lora_a")).requires_grad_(), Read(adapter.GetTensor(name + ".lora_b")).requires_grad_()));
        }

        for (int head = 0; adapter.GetFloats($"edgebuild.label_head.{head}") is { } values; head++)
        {
            long width = (long)Number("embedding_length");
            long labels = values.Length / (width + 1);
            Tensor all = tensor(values).to(ScalarType.Float64);
            _labelHeads.Add((all.narrow(0, 0, labels * width).reshape(labels, width).clone().requires_grad_(), all.narrow(0, labels * width, labels).clone().requires_grad_()));
        }

        _scale = adapter.GetNumber("adapter.lora.alpha")!.Value / _adapter.First().Value.A.shape[0];

        double Number(string key, double? missing = null) => file.GetNumber($"{file.Architecture}.{key}") ?? missing ?? throw new InvalidOperationException(key);
    }

    public IReadOnlyDictionary<string, (Tensor A, Tensor B)> Adapter => _adapter;

    public IReadOnlyList<(Tensor Weight, Tensor Bias)> LabelHeads => _labelHeads;

    /// <summary>
    /// Weighted mean of the cross entropies over all completion tokens, and that over all labels of label heads, with the gradients of all A's and
    /// B's and heads.
    /// </summary>
    public double Train(IReadOnlyList<TrainingExample> examples, double tokenLossWeight = 1)
    {
        Tensor sum = zeros(1, dtype: ScalarType.Float64);
        Tensor labelSum = zeros(1, dtype: ScalarType.Float64);
        double total = 0;
        double labelTotal = 0;
        foreach (TrainingExample example in examples)
        {
            int[] text = [.. example.PromptTokens, .. example.CompletionTokens];
            Tensor hidden = Hidden(text[..^1]).narrow(0, example.PromptTokens.Length - 1, example.CompletionTokens.Length);
            Tensor logits = Logits(hidden);
            Tensor right = tensor(example.CompletionTokens.Select(token => (long)token).ToArray()).unsqueeze(1);
            float[] weights = example.CompletionWeights ?? [.. Enumerable.Repeat(1f, example.CompletionTokens.Length)];
            Tensor losses = nn.functional.log_softmax(logits, 1).gather(1, right).neg().squeeze(1);
            sum = sum + losses.mul(tensor(weights.Select(weight => (double)weight).ToArray())).sum();
            total += weights.Sum();
            foreach (LabelTarget target in example.Labels ?? [])
            {
                (Tensor weight, Tensor bias) = _labelHeads[target.Head];
                Tensor scores = weight.mv(hidden[target.CompletionToken]) + bias;
                labelSum = labelSum - (nn.functional.log_softmax(scores, 0)[target.Label] * weights[target.CompletionToken]);
                labelTotal += weights[target.CompletionToken];
            }
        }

        Tensor loss = labelTotal > 0 ? (sum / total * tokenLossWeight) + (labelSum / labelTotal) : sum / total;
        loss.backward();
        return loss.item<double>();
    }

    private Tensor Hidden(int[] tokens)
    {
        Tensor x = _weights["token_embd.weight"].index_select(0, tensor(tokens.Select(token => (long)token).ToArray()));
        if (_isGemma)
        {
            x = x * Math.Sqrt(x.shape[1]);
        }

        for (int layer = 0; layer < _layers; layer++)
        {
            string block = $"blk.{layer}.";
            x = x + OptionalNorm(Attention(layer, Norm(x, block + "attn_norm")), block + "post_attention_norm");
            Tensor gated = GateAndUp(block, Norm(x, block + "ffn_norm"));
            x = x + OptionalNorm(Linear(gated, block + "ffn_down"), block + "post_ffw_norm");
        }

        return Norm(x, "output_norm");
    }

    private Tensor Logits(Tensor hidden)
    {
        Tensor head = _weights.TryGetValue("output.weight", out Tensor? output) ? output : _weights["token_embd.weight"];
        return hidden.matmul(head.t());
    }

    private Tensor GateAndUp(string block, Tensor x)
    {
        if (!_weights.ContainsKey(block + "ffn_gate.weight"))
        {
            Tensor[] halves = Linear(x, block + "ffn_up").chunk(2, 1);
            return nn.functional.silu(halves[0]) * halves[1];
        }

        Tensor gate = Linear(x, block + "ffn_gate");

        // GELU in its tanh form, as Gemma has it.
        Tensor active = _isGemma ? gate * 0.5 * (1 + (Math.Sqrt(2 / Math.PI) * (gate + (0.044715 * gate.pow(3)))).tanh()) : nn.functional.silu(gate);
        return active * Linear(x, block + "ffn_up");
    }

    private Tensor Attention(int layer, Tensor x)
    {
        string block = $"blk.{layer}.";
        (Tensor q, Tensor k, Tensor v) = QueryKeyValue(block, x);

        // Of six blocks of Gemma the last sees everything.
        bool isLocal = _window > 0 && _isGemma && layer % 6 != 5;
        long length = x.shape[0];
        Tensor query = Rotate(OptionalNorm(Heads(q, _heads), block + "attn_q_norm"), isLocal);
        Tensor key = Rotate(OptionalNorm(Heads(k, _keyHeads), block + "attn_k_norm"), isLocal).repeat_interleave(_heads / _keyHeads, dim: 0);
        Tensor value = Heads(v, _keyHeads).repeat_interleave(_heads / _keyHeads, dim: 0);
        Tensor hidden = ones(length, length, dtype: ScalarType.Bool).triu(1);
        if (isLocal)
        {
            hidden = hidden.logical_or(ones(length, length, dtype: ScalarType.Bool).tril(-_window));
        }

        Tensor scores = query.matmul(key.transpose(1, 2)) / Math.Sqrt(query.shape[2]);
        Tensor attended = nn.functional.softmax(scores.masked_fill(hidden, double.NegativeInfinity), 2).matmul(value);
        return Linear(attended.transpose(0, 1).reshape(length, -1), block + "attn_output");
    }

    private (Tensor Query, Tensor Key, Tensor Value) QueryKeyValue(string block, Tensor x)
    {
        if (!_weights.ContainsKey(block + "attn_qkv.weight"))
        {
            return (Linear(x, block + "attn_q"), Linear(x, block + "attn_k"), Linear(x, block + "attn_v"));
        }

        Tensor all = Linear(x, block + "attn_qkv");
        long headLength = all.shape[1] / (_heads + (2 * _keyHeads));
        Tensor[] parts = all.split([_heads * headLength, _keyHeads * headLength, _keyHeads * headLength], 1);
        return (parts[0], parts[1], parts[2]);
    }

    private Tensor Linear(Tensor x, string name)
    {
        Tensor y = x.matmul(_weights[name + ".weight"].t());
        y = _weights.TryGetValue(name + ".bias", out Tensor? bias) ? y + bias : y;
        return _adapter.TryGetValue(name + ".weight", out (Tensor A, Tensor B) lora) ? y + (x.matmul(lora.A.t()).matmul(lora.B.t()) * _scale) : y;
    }

    private Tensor OptionalNorm(Tensor x, string name) => _weights.ContainsKey(name + ".weight") ? Norm(x, name) : x;

    private Tensor Norm(Tensor x, string name) => x * (x.square().mean([-1], keepdim: true) + _epsilon).rsqrt() * _weights[name + ".weight"];

    /// <summary>
    /// Turns pairs of the first n values of each head by position · base^(−2j / n) / factor(j): of llama (2j, 2j + 1), of the others (j, j + n/2).
    /// </summary>
    private Tensor Rotate(Tensor x, bool isLocal)
    {
        long length = x.shape[1];
        long rotated = _rotated > 0 ? _rotated : x.shape[2];
        long half = rotated / 2;
        Tensor frequencies = pow(tensor(isLocal ? _localRopeBase : _ropeBase), arange(half, dtype: ScalarType.Float64) * (-1.0 / half));
        if (_weights.TryGetValue("rope_freqs.weight", out Tensor? factors) || _weights.TryGetValue("rope_factors_short.weight", out factors))
        {
            frequencies = frequencies / factors.flatten();
        }

        Tensor angles = outer(arange(length, dtype: ScalarType.Float64), frequencies);
        (Tensor cosine, Tensor sine) = (angles.cos() * _rotatedScale, angles.sin() * _rotatedScale);
        Tensor turned = x.narrow(2, 0, rotated);
        int pairDimension = _isLlama ? 3 : 2;
        Tensor pairs = turned.unflatten(2, _isLlama ? [half, 2] : [2, half]);
        (Tensor first, Tensor second) = (pairs.select(pairDimension, 0), pairs.select(pairDimension, 1));
        Tensor result = stack([(first * cosine) - (second * sine), (first * sine) + (second * cosine)], pairDimension).flatten(2);
        return cat([result, x.narrow(2, rotated, x.shape[2] - rotated)], 2);
    }

    private static Tensor Heads(Tensor x, int count) => x.unflatten(1, [count, x.shape[1] / count]).transpose(0, 1);

    private static Tensor Read(GgufTensor source)
    {
        Tensor values = tensor(source.Dequantize()).to(ScalarType.Float64);
        return source.RowCount == 1 && !source.Name.Contains(".lora_", StringComparison.Ordinal) ? values : values.reshape(source.RowCount, source.RowLength);
    }
}
