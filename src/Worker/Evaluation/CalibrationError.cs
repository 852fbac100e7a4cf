namespace EdgeBuild.Worker.Evaluation;

/// <summary>Expected calibration error with ten equal bins of confidence (Guo et al. 2017, arXiv 1706.04599, equation 3).</summary>
public static class CalibrationError
{
    private const int Bins = 10;

    /// <summary>Computes the error.</summary>
    /// <param name="answers">For each answer its confidence, 0 to 1, and whether it is right.</param>
    /// <returns>The weighted mean distance of confidence and accuracy, 0 to 1; 0 without answers.</returns>
    public static double Of(IReadOnlyCollection<(double Confidence, bool Right)> answers)
    {
        if (answers.Count == 0)
        {
            return 0;
        }

        return answers
            .GroupBy(answer => Math.Min(Bins - 1, (int)(answer.Confidence * Bins)))
            .Sum(bin => Math.Abs(bin.Average(answer => answer.Confidence) - bin.Average(answer => answer.Right ? 1.0 : 0.0)) * bin.Count())
            / answers.Count;
    }
}
