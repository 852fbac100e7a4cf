using System.Runtime.Intrinsics;

namespace EdgeBuild.Training.Tests;

[TestClass]
public sealed class VectorExponentialTests
{
    [TestMethod]
    public void It_is_exp_up_to_a_unit_in_the_last_place()
    {
        for (float x = -87; x < 88; x += 0.00137f)
        {
            double expected = Math.Exp(x);
            Assert.AreEqual(expected, VectorExponential.Exp(Vector256.Create(x))[3], MathF.BitIncrement((float)expected) - (float)expected, $"exp({x})");
        }
    }

    [TestMethod]
    [DataRow(0f, 1f)]
    [DataRow(float.NegativeInfinity, 0f)]
    [DataRow(float.MinValue, 0f)]
    [DataRow(-88f, 0f)]
    [DataRow(89f, float.PositiveInfinity)]
    [DataRow(float.MaxValue, float.PositiveInfinity)]
    [DataRow(float.PositiveInfinity, float.PositiveInfinity)]
    [DataRow(float.NaN, float.NaN)]
    public void Ends_and_what_is_no_number_have_their_values(float x, float expected) =>
        Assert.AreEqual(expected, VectorExponential.Exp(Vector256.Create(x))[0]);

    [TestMethod]
    public void Every_lane_has_its_own_value()
    {
        Vector256<float> values = VectorExponential.Exp(Vector256.Create(-100f, -1, 0, 1, 2, 100, float.NaN, 5));

        Assert.AreEqual(0, values[0]);
        Assert.AreEqual(Math.E, values[3], 1e-6);
        Assert.AreEqual(float.PositiveInfinity, values[5]);
        Assert.IsTrue(float.IsNaN(values[6]));
        Assert.AreEqual(Math.Exp(5), values[7], 1e-4);
    }
}
