using System.Numerics.Tensors;
using EdgeBuild.LlamaCpp;

namespace EdgeBuild.Worker.Pipeline;

/// <summary>
/// Fits a label head to the hidden states of the file that ships. Rounding weights to a few bits moves hidden states; the head is small, not rounded and the
/// last to see them, so it can take much of that back. Multinomial logistic regression that is drawn to the trained head: least cross entropy plus
/// λ/2 · |W − W₀|², found by accelerated gradient steps (Y. Nesterov, 1983). λ is chosen by cross-validation, and the trained head stays where none is better.
/// </summary>
/// <param name="head">The trained head.</param>
/// <param name="states">Hidden states of training rows, in the file that ships.</param>
/// <param name="labels">The labels of the rows, from 0.</param>
public sealed class HeadRefit(LabelHeadValues head, IReadOnlyList<ReadOnlyMemory<float>> states, IReadOnlyList<int> labels)
{
    private const int Folds = 4;
    private const int Steps = 60;
    private static readonly double[] _pulls = [10, 1, 0.1, 0.01];

    private readonly int _width = head.Width;
    private readonly int _count = head.LabelCount;

    /// <summary>Fits.</summary>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <returns>The head with the least loss in cross-validation: a fitted one, or the trained one itself.</returns>
    public LabelHeadValues Fit(CancellationToken cancellationToken)
    {
        if (states.Count < 2 * Folds)
        {
            return head;
        }

        int[] all = [.. Enumerable.Range(0, states.Count)];
        double scale = LargestCurvature(all);
        double best = Loss(head, all);
        double? chosen = null;
        foreach (double pull in _pulls.Select(pull => pull * scale / states.Count))
        {
            double loss = 0;
            for (int fold = 0; fold < Folds; fold++)
            {
                int[] kept = [.. all.Where(row => row % Folds != fold)];
                int[] held = [.. all.Where(row => row % Folds == fold)];
                loss += Loss(Descend(kept, pull, scale, cancellationToken), held) * held.Length / all.Length;
            }

            if (loss < best)
            {
                (best, chosen) = (loss, pull);
            }
        }

        return chosen is double right ? Descend(all, right, scale, cancellationToken) : head;
    }

    private LabelHeadValues Descend(int[] rows, double pull, double curvature, CancellationToken cancellationToken)
    {
        float rate = (float)(1 / (curvature + pull));
        float[] values = [.. head.Values];
        float[] ahead = [.. values];
        LabelHeadValues lookedAhead = head with { Values = ahead };
        float[] difference = new float[values.Length];
        for (int step = 1; step <= Steps; step++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            float[] gradient = Gradient(lookedAhead, rows);
            TensorPrimitives.Subtract(ahead, head.Values, difference);
            TensorPrimitives.MultiplyAdd(difference, (float)pull, gradient, gradient);
            float[] next = new float[values.Length];
            TensorPrimitives.MultiplyAdd(gradient, -rate, ahead, next);
            TensorPrimitives.Subtract(next, values, difference);
            TensorPrimitives.MultiplyAdd(difference, (step - 1f) / (step + 2f), next, ahead);
            values = next;
        }

        return head with { Values = values };
    }

    /// <summary>The gradient of the mean cross entropy; the trained head's layout.</summary>
    private float[] Gradient(LabelHeadValues at, int[] rows)
    {
        float[] gradient = new float[at.Values.Length];
        Span<float> errors = stackalloc float[_count];
        foreach (int row in rows)
        {
            Probabilities(at, states[row].Span, errors);
            errors[labels[row]] -= 1;
            for (int label = 0; label < _count; label++)
            {
                float error = errors[label] / rows.Length;
                Span<float> target = gradient.AsSpan(label * _width, _width);
                TensorPrimitives.MultiplyAdd(states[row].Span, error, target, target);
                gradient[(_count * _width) + label] += error;
            }
        }

        return gradient;
    }

    private double Loss(LabelHeadValues of, int[] rows)
    {
        Span<float> probabilities = stackalloc float[_count];
        double sum = 0;
        foreach (int row in rows)
        {
            Probabilities(of, states[row].Span, probabilities);
            sum -= Math.Log(Math.Max(probabilities[labels[row]], 1e-12f));
        }

        return sum / rows.Length;
    }

    private static void Probabilities(LabelHeadValues of, ReadOnlySpan<float> state, Span<float> probabilities)
    {
        for (int label = 0; label < probabilities.Length; label++)
        {
            probabilities[label] = of.Logit(label, state);
        }

        TensorPrimitives.SoftMax(probabilities, probabilities);
    }

    /// <summary>A bound of the curvature of cross entropy: half the largest eigenvalue of the mean of h hᵀ (D. Böhning, 1992), by power iteration.</summary>
    private double LargestCurvature(int[] rows)
    {
        float[] direction = new float[_width];
        Array.Fill(direction, 1);
        double largest = 0;
        for (int iteration = 0; iteration < 20; iteration++)
        {
            float[] next = new float[_width];
            foreach (int row in rows)
            {
                ReadOnlySpan<float> state = states[row].Span;
                TensorPrimitives.MultiplyAdd(state, TensorPrimitives.Dot(state, direction) / rows.Length, next, next);
            }

            largest = TensorPrimitives.Norm(next) / TensorPrimitives.Norm(direction);
            TensorPrimitives.Divide(next, TensorPrimitives.Norm(next), direction);
        }

        // The bias sees a constant 1.
        return 0.5 * (largest + 1);
    }
}
