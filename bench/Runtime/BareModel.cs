using System.Diagnostics;

using EdgeBuild.LlamaCpp;
using EdgeBuild.Prompts;
using EdgeBuild.Runtime;

namespace EdgeBuild.Benchmarks;

/// <summary>What llama.cpp alone takes for the work of a call: the reference of the runtime's figures.</summary>
internal sealed class BareModel : IDisposable
{
    private readonly LlamaModel _model;
    private readonly LlamaThreadPool _threads = new(ProcessorCores.Available);
    private readonly LlamaContext _context;
    private readonly LlamaBatch _batch = new(1024);

    /// <summary>Initializes a new instance of the <see cref="BareModel"/> class.</summary>
    /// <param name="path">The model file.</param>
    public BareModel(string path)
    {
        _model = LlamaModel.Load(path);
        _context = _model.CreateContext(new LlamaContextOptions
        {
            ContextLength = 2048,
            BatchSize = 1024,
            // As the runtime computes: other shapes of batches have other last digits.
            MicroBatchSize = 256,
            MaxSequences = 128,
            MaxOutputs = 1024,
            ThreadCount = _threads.ThreadCount,
            BatchThreadCount = _threads.ThreadCount,
        });
        _context.SetThreadPool(_threads);
    }

    /// <summary>Gets the vocabulary.</summary>
    public LlamaVocabulary Vocabulary => _model.Vocabulary;

    /// <summary>Makes a sampler that keeps to a grammar.</summary>
    /// <param name="grammar">The grammar in GBNF.</param>
    /// <param name="rejects">Whether the most probable token is tried before all are looked at.</param>
    /// <returns>The sampler.</returns>
    public GrammarSampler Sampler(string grammar, bool rejects) => new(_model, grammar, rejects);

    /// <summary>Makes what turns a prompt into tokens.</summary>
    /// <param name="prompt">The prompt.</param>
    /// <returns>The encoder.</returns>
    public PromptEncoder Encoder(CompiledPrompt prompt) => new(_model.Vocabulary, prompt);

    /// <summary>Computes tokens and keeps them as sequence 0; all others are removed.</summary>
    /// <param name="tokens">The tokens.</param>
    public void Keep(ReadOnlySpan<int> tokens)
    {
        _context.Clear();
        _batch.Clear();
        _batch.Add(tokens, 0, 0);
        _context.Decode(_batch);
    }

    /// <summary>Measures the computation of tokens after the kept ones.</summary>
    /// <param name="tokens">All tokens.</param>
    /// <param name="kept">How many of them are kept.</param>
    /// <param name="paths">What follows in the same batch.</param>
    /// <returns>The time.</returns>
    public TimeSpan Time(ReadOnlySpan<int> tokens, int kept, LabelPaths paths)
    {
        long start = Stopwatch.GetTimestamp();
        int[] sequences = [.. Enumerable.Range(1, Math.Max(1, paths.BranchCount))];
        foreach (int sequence in sequences)
        {
            _context.CopySequence(0, sequence);
        }

        _batch.Clear();
        for (int i = kept; i < tokens.Length; i++)
        {
            _batch.Add(tokens[i], i, sequences, wantLogits: i == tokens.Length - 1);
        }

        foreach ((int token, int depth, int[] branches) in paths.Nodes)
        {
            _batch.Add(token, tokens.Length + depth, [.. branches.Select(branch => branch + 1)], wantLogits: true);
        }

        _context.Decode(_batch);
        TimeSpan elapsed = Stopwatch.GetElapsedTime(start);
        foreach (int sequence in sequences)
        {
            _context.RemoveSequence(sequence);
        }

        return elapsed;
    }

    /// <summary>Computes tokens in batches that others decide, and reads the logits after the last.</summary>
    /// <param name="tokens">The tokens, from the first position on.</param>
    /// <param name="ends">Where each batch ends; the last is the number of tokens.</param>
    /// <param name="company">How many other sequences with the same tokens share the last batch.</param>
    /// <param name="threads">The number of threads; null for all.</param>
    /// <returns>The logits.</returns>
    public float[] Logits(ReadOnlySpan<int> tokens, IReadOnlyList<int> ends, int company = 0, int? threads = null)
    {
        _context.Clear();
        _context.SetThreadCount(threads ?? _threads.ThreadCount, threads ?? _threads.ThreadCount);
        int last = 0;
        int start = 0;
        foreach (int end in ends)
        {
            _batch.Clear();
            last = _batch.Add(tokens[start..end], start, 0, wantLastLogits: true);
            for (int other = 1; other <= company && end == tokens.Length; other++)
            {
                _context.CopySequence(0, other);
                _batch.Add(tokens[start..end], start, other, wantLastLogits: true);
            }

            _context.Decode(_batch);
            start = end;
        }

        _context.SetThreadCount(_threads.ThreadCount, _threads.ThreadCount);
        return _context.GetLogits(last).ToArray();
    }

    /// <summary>Generates a text of a grammar in a plain loop, as llama.cpp's own programs do.</summary>
    /// <param name="tokens">All tokens of the prompt.</param>
    /// <param name="kept">How many of them are kept.</param>
    /// <param name="grammar">The grammar.</param>
    /// <returns>The time, the text, and the number of tokens.</returns>
    public (TimeSpan Time, string Text, int Count) Generate(ReadOnlySpan<int> tokens, int kept, GrammarSampler grammar)
    {
        var text = new List<byte>();
        int count = 0;
        grammar.Restart();
        long start = Stopwatch.GetTimestamp();
        _context.CopySequence(0, 1);
        _batch.Clear();
        int last = _batch.Add(tokens[kept..], kept, 1, wantLastLogits: true);
        while (true)
        {
            _context.Decode(_batch);
            int token = grammar.Choose(_context.GetLogits(last));
            if (_model.Vocabulary.IsEndOfGeneration(token))
            {
                break;
            }

            text.AddRange(_model.Vocabulary.GetBytes(token));
            _batch.Clear();
            last = _batch.Add(token, tokens.Length + count, 1, wantLogits: true);
            count++;
        }

        TimeSpan elapsed = Stopwatch.GetElapsedTime(start);
        _context.RemoveSequence(1);
        return (elapsed, System.Text.Encoding.UTF8.GetString([.. text]), count);
    }

    /// <summary>Scores an answer alone, after the kept tokens.</summary>
    /// <param name="tokens">All tokens of the prompt.</param>
    /// <param name="kept">How many of them are kept.</param>
    /// <param name="answer">The tokens of the answer.</param>
    /// <returns>Σ log p(token | before).</returns>
    public double Score(ReadOnlySpan<int> tokens, int kept, ReadOnlySpan<int> answer)
    {
        _context.CopySequence(0, 1);
        _batch.Clear();
        int last = _batch.Add(tokens[kept..], kept, 1, wantLastLogits: true);
        _context.Decode(_batch);
        double sum = LogProbability(last, answer[0]);
        for (int i = 1; i < answer.Length; i++)
        {
            _batch.Clear();
            last = _batch.Add(answer[i - 1], tokens.Length + i - 1, 1, wantLogits: true);
            _context.Decode(_batch);
            sum += LogProbability(last, answer[i]);
        }

        _context.RemoveSequence(1);
        return sum;
    }

    /// <summary>Generates the most probable tokens in a plain loop.</summary>
    /// <param name="tokens">All tokens of the prompt.</param>
    /// <param name="kept">How many of them are kept.</param>
    /// <param name="count">The number of tokens.</param>
    /// <returns>The time.</returns>
    public TimeSpan Generate(ReadOnlySpan<int> tokens, int kept, int count)
    {
        long start = Stopwatch.GetTimestamp();
        _context.CopySequence(0, 1);
        _batch.Clear();
        int last = _batch.Add(tokens[kept..], kept, 1, wantLastLogits: true);
        for (int i = 0; i < count; i++)
        {
            _context.Decode(_batch);
            ReadOnlySpan<float> logits = _context.GetLogits(last);
            int token = logits.IndexOf(System.Numerics.Tensors.TensorPrimitives.Max(logits));
            _batch.Clear();
            last = _batch.Add(token, tokens.Length + i, 1, wantLogits: true);
        }

        TimeSpan elapsed = Stopwatch.GetElapsedTime(start);
        _context.RemoveSequence(1);
        return elapsed;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _context.Dispose();
        _threads.Dispose();
        _model.Dispose();
    }

    private double LogProbability(int index, int token)
    {
        ReadOnlySpan<float> logits = _context.GetLogits(index);
        double maximum = double.NegativeInfinity;
        foreach (float logit in logits)
        {
            maximum = Math.Max(maximum, logit);
        }

        double sum = 0;
        foreach (float logit in logits)
        {
            sum += Math.Exp(logit - maximum);
        }

        return logits[token] - maximum - Math.Log(sum);
    }
}
