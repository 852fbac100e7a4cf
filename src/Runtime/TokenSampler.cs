namespace EdgeBuild.Runtime;

/// <summary>
/// Chooses the tokens of one text at random, by their probabilities. In the order of llama.cpp: repetition, top-k, top-p, min-p,
/// temperature, draw.
/// </summary>
/// <param name="options">The checked options.</param>
internal sealed class TokenSampler(EdgeCallOptions options)
{
    private const int RememberedTokens = 64;

    // A first look at the probable tokens alone: sorting a whole vocabulary takes longer than many a decode.
    private const float ProbableDistance = 8;

    private readonly Random _random = options.Seed is int seed ? new Random(seed) : new Random();
    private readonly Queue<int> _recent = new();
    private readonly List<(float Logit, int Token)> _candidates = [];
    private float[] _logits = [];

    /// <summary>Takes note of a token of the text.</summary>
    /// <param name="token">The token.</param>
    public void Accept(int token)
    {
        _recent.Enqueue(token);
        if (_recent.Count > RememberedTokens)
        {
            _recent.Dequeue();
        }
    }

    /// <summary>Chooses the next token.</summary>
    /// <param name="logits">The logits after the last token.</param>
    /// <returns>The token.</returns>
    public int Choose(ReadOnlySpan<float> logits)
    {
        if (_recent.Count > 0 && options.RepetitionPenalty is double penalty && penalty != 1)
        {
            logits = Penalize(logits, (float)penalty);
        }

        return options.Temperature is double temperature and > 0 ? Draw(logits, temperature) : LogProbability.IndexOfMaximum(logits);
    }

    private ReadOnlySpan<float> Penalize(ReadOnlySpan<float> logits, float penalty)
    {
        Array.Resize(ref _logits, logits.Length);
        logits.CopyTo(_logits);
        foreach (int token in _recent.Distinct())
        {
            float logit = _logits[token];
            _logits[token] = logit > 0 ? logit / penalty : logit * penalty;
        }

        return _logits;
    }

    private int Draw(ReadOnlySpan<float> logits, double temperature)
    {
        float maximum = logits[LogProbability.IndexOfMaximum(logits)];
        Collect(logits, maximum);
        double total = 0;
        foreach ((float logit, _) in _candidates)
        {
            total += Math.Exp((logit - maximum) / temperature);
        }

        double rest = _random.NextDouble() * total;
        foreach ((float logit, int token) in _candidates)
        {
            rest -= Math.Exp((logit - maximum) / temperature);
            if (rest < 0)
            {
                return token;
            }
        }

        return _candidates[^1].Token;
    }

    private void Collect(ReadOnlySpan<float> logits, float maximum)
    {
        float lowest = options.MinP is double share and > 0 ? maximum + (float)Math.Log(share) : float.NegativeInfinity;
        int limit = options.TopK is int count and > 0 ? count : int.MaxValue;
        double mass = options.TopP ?? 1;
        if (limit == int.MaxValue && mass >= 1)
        {
            Select(logits, lowest);
            return;
        }

        float distance = Math.Max(lowest, maximum - ProbableDistance);
        Select(logits, distance);
        if (distance > lowest && !IsEnough(logits, limit, mass))
        {
            Select(logits, lowest);
        }

        // Equal logits in the order of the vocabulary: the same seed gives the same text.
        _candidates.Sort(static (left, right) => left.Logit != right.Logit ? right.Logit.CompareTo(left.Logit) : left.Token.CompareTo(right.Token));
        if (_candidates.Count > limit)
        {
            _candidates.RemoveRange(limit, _candidates.Count - limit);
        }

        if (mass < 1)
        {
            CutToMass(logits, limit, mass);
        }
    }

    private void CutToMass(ReadOnlySpan<float> logits, int limit, double mass)
    {
        double normalizer = limit == int.MaxValue ? LogProbability.LogSumExp(logits) : LogSumExpOfCandidates();
        double sum = 0;
        for (int i = 0; i < _candidates.Count; i++)
        {
            sum += Math.Exp(_candidates[i].Logit - normalizer);
            if (sum >= mass)
            {
                _candidates.RemoveRange(i + 1, _candidates.Count - i - 1);
                return;
            }
        }
    }

    private bool IsEnough(ReadOnlySpan<float> logits, int limit, double mass) =>
        limit != int.MaxValue
            ? _candidates.Count >= limit
            : LogSumExpOfCandidates() - LogProbability.LogSumExp(logits) >= Math.Log(mass);

    private double LogSumExpOfCandidates()
    {
        double maximum = _candidates.Max(candidate => candidate.Logit);
        return maximum + Math.Log(_candidates.Sum(candidate => Math.Exp(candidate.Logit - maximum)));
    }

    private void Select(ReadOnlySpan<float> logits, float lowest)
    {
        _candidates.Clear();
        for (int token = 0; token < logits.Length; token++)
        {
            if (logits[token] >= lowest)
            {
                _candidates.Add((logits[token], token));
            }
        }
    }
}
