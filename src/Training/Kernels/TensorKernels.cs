using TorchSharp;
using static TorchSharp.torch;

namespace EdgeBuild.Training;

/// <summary>The kernels as libtorch operations, for any device.</summary>
internal sealed class TensorKernels : LayerKernels
{
    /// <inheritdoc/>
    public override void Embed(Matrix embedding, int[] tokens, float scale, Matrix residual)
    {
        using DisposeScope scope = NewDisposeScope();

        // Held until the product is there: the collector may take one that is made for the call while libtorch still reads it.
        using Scalar factor = scale;
        residual.Tensor.copy_(embedding.Tensor.index_select(0, Index(tokens, residual.Tensor.device))).mul_(factor);
    }

    /// <inheritdoc/>
    public override void Norm(Matrix residual, Matrix? delta, Matrix sum, Matrix weight, float epsilon, Matrix normalized, Matrix inverseRms)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = residual.Tensor;
        if (delta is { } change)
        {
            x = sum.Tensor.copy_(x).add_(change.Tensor);
        }

        inverseRms.Tensor.copy_(x.square().mean([1], keepdim: true).add_(epsilon).rsqrt_());
        normalized.Tensor.copy_(x.mul(inverseRms.Tensor).mul_(weight.Tensor));
    }

    /// <inheritdoc/>
    public override void NormBackward(Matrix gradient, Matrix input, Matrix weight, Matrix inverseRms, Matrix inputGradient, bool accumulate, Matrix? copy)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor scaled = gradient.Tensor.to(ScalarType.Float32).mul(weight.Tensor);
        Tensor mean = scaled.mul(input.Tensor).mean([1], keepdim: true).mul_(inverseRms.Tensor).mul_(inverseRms.Tensor);
        Tensor result = scaled.sub_(input.Tensor.mul(mean)).mul_(inverseRms.Tensor);
        _ = accumulate ? inputGradient.Tensor.add_(result) : inputGradient.Tensor.copy_(result);
        copy?.Tensor.copy_(inputGradient.Tensor);
    }

    /// <inheritdoc/>
    public override void NormSlices(Matrix input, Matrix weight, float epsilon, Matrix output, Matrix inverseRms)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = Slices(input, weight).to(ScalarType.Float32);
        Tensor inverse = x.square().mean([2], keepdim: true).add_(epsilon).rsqrt_();
        inverseRms.Tensor.copy_(inverse.squeeze(2));
        Slices(output, weight).copy_(x.mul(inverse).mul_(weight.Tensor));
    }

    /// <inheritdoc/>
    public override void NormSlicesBackward(Matrix gradient, Matrix input, Matrix weight, Matrix inverseRms, Matrix inputGradient)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = Slices(input, weight).to(ScalarType.Float32);
        Tensor inverse = inverseRms.Tensor.unsqueeze(2);
        Tensor scaled = Slices(gradient, weight).to(ScalarType.Float32).mul(weight.Tensor);
        Tensor mean = scaled.mul(x).mean([2], keepdim: true).mul_(inverse).mul_(inverse);
        Slices(inputGradient, weight).copy_(scaled.sub_(x.mul(mean)).mul_(inverse));
    }

    /// <inheritdoc/>
    public override void Rotate(Matrix heads, int headLength, int[] positions, RotaryTable table, RopeLayout layout, bool inverse)
    {
        using DisposeScope scope = NewDisposeScope();
        int half = table.HalfCount;
        float[] values = table.Get(positions.Max() + 1);
        using Tensor all = from_array(values);
        Tensor angles = all.view(-1, 2 * half).index_select(0, Index(positions, all.device)).to(heads.Tensor.device).unsqueeze(1);
        Tensor cosine = angles.narrow(2, 0, half);
        Tensor sine = inverse ? angles.narrow(2, half, half).neg() : angles.narrow(2, half, half);
        Tensor rotated = heads.Tensor.view(heads.Rows, heads.Columns / headLength, headLength).narrow(2, 0, 2 * half);
        bool adjacent = layout == RopeLayout.AdjacentPairs;
        Tensor pairs = adjacent ? rotated.unflatten(2, [half, 2]) : rotated.unflatten(2, [2, half]);
        Tensor first = pairs.select(adjacent ? 3 : 2, 0);
        Tensor second = pairs.select(adjacent ? 3 : 2, 1);
        Tensor x = first.to(ScalarType.Float32, copy: true);
        Tensor y = second.to(ScalarType.Float32, copy: true);
        first.copy_(x.mul(cosine).sub_(y.mul(sine)));
        second.copy_(x.mul_(sine).add_(y.mul_(cosine)));
    }

    /// <inheritdoc/>
    public override void Attend(AttentionShape shape, AttentionPiece[] pieces, Matrix query, Matrix key, Matrix value, Matrix output, Matrix logSums)
    {
        foreach (AttentionPiece piece in pieces)
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor scores = Scores(shape, piece, query, key);
            Tensor logs = scores.logsumexp(2, keepdim: true);
            Tensor result = scores.sub_(logs).exp_().bmm(Heads(shape, piece, value));
            Queries(shape, piece, output).copy_(result.view(shape.KeyValueHeadCount, shape.GroupLength, piece.QueryCount, shape.HeadLength));
            logSums.Tensor.narrow(0, piece.QueryStart, piece.QueryCount).copy_(logs.view(shape.HeadCount, piece.QueryCount).t());
        }
    }

    /// <inheritdoc/>
    public override void AttendBackward(AttentionShape shape, AttentionPiece[] pieces, AttentionTensors tensors)
    {
        using DisposeScope outer = NewDisposeScope();
        Tensor keySum = zeros(tensors.Key.Rows, tensors.Key.Columns, dtype: ScalarType.Float32, device: tensors.Key.Tensor.device);
        Tensor valueSum = zeros(tensors.Key.Rows, tensors.Key.Columns, dtype: ScalarType.Float32, device: tensors.Key.Tensor.device);
        foreach (AttentionPiece piece in pieces)
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor logs = tensors.LogSums.Tensor.narrow(0, piece.QueryStart, piece.QueryCount).t().reshape(shape.KeyValueHeadCount, shape.GroupLength * piece.QueryCount, 1);
            Tensor weights = Scores(shape, piece, tensors.Query, tensors.Key).sub_(logs).exp_();
            Tensor g = Flat(shape, piece, tensors.OutputGradient);
            Tensor inner = g.mul(Flat(shape, piece, tensors.Output)).sum(2, keepdim: true);
            AddKeys(shape, piece, valueSum, weights.transpose(1, 2).bmm(g));
            Tensor scoreGradient = g.bmm(Heads(shape, piece, tensors.Value).transpose(1, 2)).sub_(inner).mul_(weights).mul_(shape.Scale);
            AddKeys(shape, piece, keySum, scoreGradient.transpose(1, 2).bmm(Flat(shape, piece, tensors.Query)));
            Tensor result = scoreGradient.bmm(Heads(shape, piece, tensors.Key));
            Queries(shape, piece, tensors.QueryGradient).copy_(result.view(shape.KeyValueHeadCount, shape.GroupLength, piece.QueryCount, shape.HeadLength));
        }

        tensors.KeyGradient.Tensor.copy_(keySum);
        tensors.ValueGradient.Tensor.copy_(valueSum);
    }

    /// <inheritdoc/>
    public override void Gate(Matrix gateAndUp, GateActivation activation, Matrix product)
    {
        using DisposeScope scope = NewDisposeScope();
        int inner = product.Columns;
        Tensor gate = gateAndUp.Tensor.narrow(1, 0, inner).to(ScalarType.Float32, copy: true);
        Tensor active = activation == GateActivation.Silu ? gate.sigmoid().mul_(gate) : GeluTanh(gate).Value;
        product.Tensor.copy_(active.mul_(gateAndUp.Tensor.narrow(1, inner, inner)));
    }

    /// <inheritdoc/>
    public override void GateBackward(Matrix productGradient, GateActivation activation, Matrix gateAndUp)
    {
        using DisposeScope scope = NewDisposeScope();
        int inner = productGradient.Columns;
        Tensor gate = gateAndUp.Tensor.narrow(1, 0, inner).to(ScalarType.Float32, copy: true);
        Tensor up = gateAndUp.Tensor.narrow(1, inner, inner).to(ScalarType.Float32, copy: true);
        Tensor gradient = productGradient.Tensor.to(ScalarType.Float32);
        (Tensor active, Tensor derivative) = activation == GateActivation.Silu ? Silu(gate) : GeluTanh(gate);
        gateAndUp.Tensor.narrow(1, 0, inner).copy_(gradient.mul(up).mul_(derivative));
        gateAndUp.Tensor.narrow(1, inner, inner).copy_(active.mul_(gradient));
    }

    /// <inheritdoc/>
    public override double[] CrossEntropy(Matrix logits, ReadOnlySpan<int> targets, ReadOnlySpan<float> weights, float gradientScale)
    {
        using DisposeScope scope = NewDisposeScope();
        Device device = logits.Tensor.device;
        Tensor values = logits.Tensor.to(ScalarType.Float32, copy: true);
        Tensor index = Index(targets, device).unsqueeze(1);
        Tensor weight = from_array(weights.ToArray()).to(device).unsqueeze(1);
        Tensor logs = values.logsumexp(1, keepdim: true);
        Tensor losses = logs.sub(values.gather(1, index)).mul_(weight);
        if (gradientScale != 0)
        {
            Tensor gradient = values.sub_(logs).exp_();
            gradient.scatter_add_(1, index, full(targets.Length, 1, -1f, dtype: ScalarType.Float32, device: device));
            logits.Tensor.copy_(gradient.mul_(weight).mul_(gradientScale));
        }

        return losses.to(ScalarType.Float64).cpu().view(-1).data<double>().ToArray();
    }

    /// <inheritdoc/>
    public override void Gather(Matrix source, int[] rows, Matrix target)
    {
        using DisposeScope scope = NewDisposeScope();
        target.Tensor.copy_(source.Tensor.index_select(0, Index(rows, source.Tensor.device)));
    }

    /// <inheritdoc/>
    public override void ScatterAdd(Matrix source, int[] rows, Matrix target, bool clear)
    {
        using DisposeScope scope = NewDisposeScope();
        if (clear)
        {
            target.Tensor.zero_();
        }

        target.Tensor.index_add_(0, Index(rows, target.Tensor.device), source.Tensor, 1);
    }

    /// <summary>A matrix as [rows, slices, width of a slice], a view.</summary>
    private static Tensor Slices(Matrix matrix, Matrix weight) => matrix.Tensor.unflatten(1, [matrix.Columns / weight.Columns, weight.Columns]);

    private static Tensor Index(ReadOnlySpan<int> rows, Device device)
    {
        var values = new long[rows.Length];
        for (int index = 0; index < values.Length; index++)
        {
            values[index] = rows[index];
        }

        return tensor(values).to(device);
    }

    private static (Tensor Value, Tensor Derivative) Silu(Tensor gate)
    {
        Tensor sigmoid = gate.sigmoid();
        Tensor value = gate.mul(sigmoid);
        return (value, value.mul(sigmoid.neg().add_(1)).add_(sigmoid));
    }

    /// <summary>GELU(x) = x/2 · (1 + tanh(√(2/π) · (x + 0.044715 x³))); Hendrycks and Gimpel, "Gaussian error linear units".</summary>
    private static (Tensor Value, Tensor Derivative) GeluTanh(Tensor gate)
    {
        const float c = 0.7978845608f;
        const float k = 0.044715f;
        Tensor square = gate.square();
        Tensor tanh = square.mul(k).add_(1).mul_(gate).mul_(c).tanh_();
        Tensor value = tanh.add(1).mul_(gate).mul_(0.5f);
        Tensor slope = square.mul_(3 * k).add_(1).mul_(c);
        Tensor derivative = tanh.square().neg_().add_(1).mul_(gate).mul_(slope).add_(tanh).add_(1).mul_(0.5f);
        return (value, derivative);
    }

    /// <summary>The queries of a piece as [key heads, group, queries, head length], a view.</summary>
    private static Tensor Queries(AttentionShape shape, AttentionPiece piece, Matrix matrix) =>
        matrix.Tensor.narrow(0, piece.QueryStart, piece.QueryCount)
            .view(piece.QueryCount, shape.KeyValueHeadCount, shape.GroupLength, shape.HeadLength)
            .permute(1, 2, 0, 3);

    private static Tensor Flat(AttentionShape shape, AttentionPiece piece, Matrix matrix) =>
        Queries(shape, piece, matrix).to(ScalarType.Float32).reshape(shape.KeyValueHeadCount, shape.GroupLength * piece.QueryCount, shape.HeadLength);

    /// <summary>The keys or values that a piece sees as [key heads, keys, head length].</summary>
    private static Tensor Heads(AttentionShape shape, AttentionPiece piece, Matrix matrix)
    {
        Tensor own = matrix.Tensor.narrow(0, piece.Segment.Start, piece.Segment.Length);
        Tensor seen = piece.Segment.PrefixLength == 0 ? own : cat([matrix.Tensor.narrow(0, 0, piece.Segment.PrefixLength), own], 0);
        return seen.to(ScalarType.Float32).view(-1, shape.KeyValueHeadCount, shape.HeadLength).transpose(0, 1);
    }

    private static void AddKeys(AttentionShape shape, AttentionPiece piece, Tensor sum, Tensor gradient)
    {
        Tensor rows = gradient.transpose(0, 1).reshape(-1, shape.KeyValueHeadCount * shape.HeadLength);
        int prefix = piece.Segment.PrefixLength;
        if (prefix > 0)
        {
            sum.narrow(0, 0, prefix).add_(rows.narrow(0, 0, prefix));
        }

        sum.narrow(0, piece.Segment.Start, piece.Segment.Length).add_(rows.narrow(0, prefix, piece.Segment.Length));
    }

    private static Tensor Scores(AttentionShape shape, AttentionPiece piece, Matrix query, Matrix key)
    {
        Tensor scores = Flat(shape, piece, query).bmm(Heads(shape, piece, key).transpose(1, 2)).mul_(shape.Scale);
        int keys = piece.Segment.PrefixLength + piece.Segment.Length;
        Tensor last = Index(piece.QueryOffsets, scores.device).add_(piece.Segment.PrefixLength).unsqueeze(1);
        Tensor places = arange(keys, dtype: ScalarType.Int64, device: scores.device).unsqueeze(0);
        Tensor hidden = places.gt(last);
        if (shape.Window is { } window)
        {
            hidden = hidden.logical_or(places.le(last.sub(window)));
        }

        scores.view(shape.KeyValueHeadCount, shape.GroupLength, piece.QueryCount, keys).masked_fill_(hidden, float.NegativeInfinity);
        return scores;
    }
}
