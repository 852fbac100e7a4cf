using System.Diagnostics;
using System.Globalization;
using EdgeBuild.Contracts;
using static TorchSharp.torch;

namespace EdgeBuild.Training;

/// <summary>One run of the trainer, from its start or its last checkpoint to the end.</summary>
internal sealed class TrainingRun : IDisposable
{
    private const int LossWindow = 20;

    private readonly BaseModel _model;
    private readonly TrainingRecipe _recipe;
    private readonly IReadOnlyList<TrainingExample> _validation;
    private readonly CheckpointStore? _checkpoints;
    private readonly string _fingerprint;
    private readonly LoraAdapter _adapter;
    private readonly LoraState _lora;
    private readonly AdamOptimizer _optimizer;
    private readonly TransformerPass _pass;
    private readonly Validator _validator;
    private readonly StepPlan _plan;
    private readonly RowHardness _hardness;
    private readonly LearningRateSchedule _schedule;
    private readonly MemoryPlan _memory;
    private readonly double? _peakGflops;
    private readonly Lock _gate = new();
    private readonly Stopwatch _clock = new();
    private TrainingState _state = new();
    private TimeSpan _earlier;
    private double _work;
    private TimeSpan _workTime;
    private TrainingPhase _phase = TrainingPhase.Preparing;

    public TrainingRun(
        BaseModel model,
        LoraAdapter start,
        TrainingRecipe recipe,
        IReadOnlyList<TrainingExample> training,
        IReadOnlyList<TrainingExample> validation,
        CheckpointStore? checkpoints,
        MemoryPlan memory)
    {
        _model = model;
        _recipe = recipe;
        _validation = validation;
        _checkpoints = checkpoints;
        _fingerprint = checkpoints is null ? string.Empty : RunFingerprint.Of(model, start, recipe, training, validation, memory.TokensPerPass);
        _adapter = start.Clone();
        _lora = new LoraState(model, _adapter, training: true);
        _optimizer = new AdamOptimizer(_adapter.Parameters, _adapter.Layout.LengthA, _adapter.Layout.Length);
        _pass = new TransformerPass(model, _lora, keepActivations: true, recomputeActivations: memory.RecomputesActivations);
        _validator = new Validator(model, _lora, recipe.BatchSize, memory.TokensPerPass, recipe.TokenLossWeight);
        _plan = new StepPlan(training, recipe);
        _hardness = new RowHardness(training);
        _schedule = new LearningRateSchedule(recipe, _plan.TotalSteps);
        _memory = memory;
        _peakGflops = model.Probe?.GflopsOf(model.ComputeType);
    }

    /// <summary>Gets what is called after the first pass over all rows, or null.</summary>
    public Action<FirstPass>? AfterFirstPass { get; init; }

    /// <summary>Runs.</summary>
    /// <param name="progress">Receives the state.</param>
    /// <param name="log">Receives every step.</param>
    /// <param name="cancellationToken">Stops between blocks.</param>
    /// <returns>The result.</returns>
    public TrainingResult Execute(IProgress<TrainingProgress>? progress, ITrainingLog? log, CancellationToken cancellationToken)
    {
        _clock.Start();
        using var ticker = new ProgressTicker(progress, Snapshot);
        Resume();
        int resumedAt = _state.Step;
        log?.Begin(resumedAt);
        bool stoppedEarly = false;
        TimeSpan lastCheckpoint = Elapsed;
        while (_state.Step < _plan.TotalSteps && !stoppedEarly && !(_recipe.MaxDuration <= Elapsed))
        {
            cancellationToken.ThrowIfCancellationRequested();
            _phase = TrainingPhase.Training;
            TrainingStep step = Step(cancellationToken);
            log?.Add(step);
            bool isLast = _state.Step == _plan.TotalSteps;
            if (_state.Step == _plan.StepsPerEpoch && _recipe.Epochs >= 1)
            {
                AfterFirstPass?.Invoke(new FirstPass(_hardness.Values, _validator, cancellationToken));
            }

            if (_validation.Count > 0 && (isLast || _plan.IsValidationDue(_state.Step)))
            {
                Validate(log, cancellationToken);
                stoppedEarly = !isLast && _recipe.Patience > 0 && _state.StaleValidations >= _recipe.Patience;
            }

            ticker.Report();
            if (_checkpoints is not null && !isLast && !stoppedEarly && Elapsed - lastCheckpoint >= _checkpoints.Interval)
            {
                Save();
                lastCheckpoint = Elapsed;
            }
        }

        if (_validation.Count > 0 && (_state.ValidationLosses.Count == 0 || _state.ValidationLosses[^1].Step != _state.Step))
        {
            Validate(log, cancellationToken);
        }

        _phase = TrainingPhase.Finished;
        ticker.Report();
        return Result(resumedAt, stoppedEarly);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _validator.Dispose();
        _pass.Dispose();
        _optimizer.Dispose();
        _lora.Dispose();
        _adapter.Dispose();
    }

    private TimeSpan Elapsed => _earlier + _clock.Elapsed;

    private TrainingStep Step(CancellationToken cancellationToken)
    {
        TimeSpan start = _clock.Elapsed;
        TrainingExample[] examples = _plan.At(_state.Step, _hardness.Values);
        var scale = LossScale.For(examples, _recipe.TokenLossWeight);
        double loss = 0;
        double norm = 0;
        double work = 0;
        double rate = _schedule.At(_state.Step, Elapsed);
        var results = new List<(IReadOnlyList<TrainingExample> Part, TokenBatch Batch, BatchLosses Losses)>();
        _lora.ClearGradient();
        if (scale.Tokens > 0 || scale.Labels > 0)
        {
            foreach (IReadOnlyList<TrainingExample> part in StepPlan.Split(examples, _memory.TokensPerPass))
            {
                TokenBatch batch = TokenBatch.Create(part);
                if (batch.Targets.Length > 0)
                {
                    BatchLosses losses = _pass.Train(batch, scale, cancellationToken);
                    loss += losses.Sum(scale);
                    results.Add((part, batch, losses));
                    work += WorkCount.Of(_model.Configuration, batch).Useful;
                }
            }

            _hardness.BeginStep(loss);
            results.ForEach(result => _hardness.Record(result.Part, result.Batch, result.Losses, _recipe.TokenLossWeight));

            norm = _optimizer.Step(_lora.Gradient!, _recipe.ClipNorm, rate, rate * _recipe.LoraPlusRatio, rate * _recipe.HeadLearningRateRatio, _recipe.WeightDecay);
            if (!double.IsFinite(loss) || !double.IsFinite(norm))
            {
                throw NotANumber("loss of", 1);
            }

            _lora.Refresh();
        }

        int tokens = examples.Sum(TokenBatch.InputLength);
        TimeSpan duration = _clock.Elapsed - start;
        lock (_gate)
        {
            _state.Step++;
            _state.Tokens += tokens;
            _state.Losses.Add(loss);
            _state.GradientNorms.Add(norm);
            _state.TrainingTime += duration;
            _work += work;
            _workTime += duration;
        }

        return new TrainingStep(_state.Step, loss, norm, rate, tokens, duration, PeakShare(work, duration));
    }

    private void Validate(ITrainingLog? log, CancellationToken cancellationToken)
    {
        _phase = TrainingPhase.Validating;
        (double loss, double errorRate) = _validator.Loss(_validation, cancellationToken);
        if (!double.IsFinite(loss))
        {
            throw NotANumber("validation loss after");
        }

        lock (_gate)
        {
            _state.ValidationLosses.Add(new ValidationLoss(_state.Step, loss, errorRate));
        }

        log?.Add(_state.ValidationLosses[^1]);
        if (_state.StaleValidations == 0)
        {
            _state.BestParameters = _adapter.ToArray();
        }
    }

    private void Resume()
    {
        if (_checkpoints?.Load(_fingerprint) is not { } state)
        {
            return;
        }

        lock (_gate)
        {
            _state = state;
            _earlier = state.Elapsed;
        }

        _plan.Resume(state.Step, state.Order);
        _hardness.Values = state.RowHardness;
        _hardness.RecentLosses = state.RecentLosses;
        Set(_adapter.Parameters, state.Parameters);
        Set(_optimizer.FirstMoment, state.FirstMoment);
        Set(_optimizer.SecondMoment, state.SecondMoment);
        _optimizer.StepCount = state.OptimizerSteps;
        _lora.Refresh();

        static void Set(Tensor target, float[] values)
        {
            using Tensor source = from_array(values);
            target.copy_(source);
        }
    }

    private void Save()
    {
        _state.Elapsed = Elapsed;
        _state.OptimizerSteps = _optimizer.StepCount;
        _state.Order = _plan.Order;
        _state.RowHardness = _hardness.Values;
        _state.RecentLosses = _hardness.RecentLosses;
        _state.Parameters = _adapter.ToArray();
        _state.FirstMoment = Get(_optimizer.FirstMoment);
        _state.SecondMoment = Get(_optimizer.SecondMoment);
        _checkpoints!.Save(_state, _fingerprint);

        static float[] Get(Tensor tensor)
        {
            using Tensor local = tensor.cpu();
            return local.data<float>().ToArray();
        }
    }

    private TrainingResult Result(int resumedAt, bool stoppedEarly)
    {
        LoraAdapter best = _adapter.Clone();
        if (_state.BestParameters.Length > 0)
        {
            using Tensor values = from_array(_state.BestParameters);
            best.Parameters.copy_(values);
        }

        return new TrainingResult
        {
            Adapter = best,
            Losses = _state.Losses,
            GradientNorms = _state.GradientNorms,
            ValidationLosses = _state.ValidationLosses,
            BestValidationLoss = _state.Best?.Loss,
            BestStep = _state.Best?.Step ?? _state.Step,
            Steps = _state.Step,
            Epochs = (double)_state.Step / _plan.StepsPerEpoch,
            Tokens = _state.Tokens,
            TokensPerSecond = TokensPerSecond(),
            Duration = Elapsed,
            ComputeType = _model.ComputeType,
            PeakMemory = PeakMemory(),
            StoppedEarly = stoppedEarly,
            ResumedAtStep = resumedAt,
        };
    }

    private EdgeBuildException NotANumber(string what, int stepsUnderWay = 0) => new(
        ErrorCodes.TrainingFailed,
        string.Create(CultureInfo.InvariantCulture, $"The {what} step {_state.Step + stepsUnderWay} is not a number. Lower LearningRate ({_recipe.LearningRate}), or set the compute type to Float32."));

    private static long PeakMemory()
    {
        using var process = Process.GetCurrentProcess();
        return process.PeakWorkingSet64;
    }

    private double TokensPerSecond() => _state.TrainingTime > TimeSpan.Zero ? _state.Tokens / _state.TrainingTime.TotalSeconds : 0;

    /// <summary>Work that is faster than the probe shows that the probe met a busy machine; the peak is unknown then.</summary>
    private double? PeakShare(double work, TimeSpan time) =>
        _peakGflops is { } peak && time > TimeSpan.Zero && work / time.TotalSeconds / (peak * 1e9) is <= 1 and var share ? share : null;

    private TrainingProgress Snapshot()
    {
        lock (_gate)
        {
            int step = _state.Step;
            double loss = step == 0 ? double.NaN : _state.Losses.TakeLast(LossWindow).Average();
            double? validation = _state.ValidationLosses.Count == 0 ? null : _state.ValidationLosses[^1].Loss;
            TimeSpan? remaining = step == 0 ? null : Elapsed / step * (_plan.TotalSteps - step);
            if (remaining is { } rest && _recipe.MaxDuration is { } limit)
            {
                remaining = TimeSpan.FromTicks(Math.Max(0, Math.Min(rest.Ticks, (limit - Elapsed).Ticks)));
            }

            return new TrainingProgress(
                _phase, step, _plan.TotalSteps, (double)step / _plan.StepsPerEpoch, loss, validation, TokensPerSecond(), Elapsed, remaining, PeakShare(_work, _workTime));
        }
    }
}
