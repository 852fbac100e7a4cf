namespace EdgeBuild.Training;

/// <summary>The place of one adapted layer's matrices in the flat parameter.</summary>
/// <param name="Part">The layer.</param>
/// <param name="Rank">The rank r.</param>
/// <param name="FirstA">The first value of A, [r, input].</param>
/// <param name="FirstB">The first value of B, stored transposed: [r, output].</param>
internal sealed record LoraSlot(LinearPart Part, int Rank, long FirstA, long FirstB)
{
    /// <summary>Gets the number of values of A.</summary>
    public int LengthA => checked(Rank * Part.InputLength);

    /// <summary>Gets the number of values of B.</summary>
    public int LengthB => checked(Rank * Part.OutputLength);
}
