using State = EdgeBuild.Runtime.NumberSyntax.State;

namespace EdgeBuild.Runtime.Tests;

[TestClass]
public sealed class NumberSyntaxTests
{
    [TestMethod]
    [DataRow("0", true, true)]
    [DataRow("-12", true, true)]
    [DataRow("1.5", false, true)]
    [DataRow("1e-7", false, true)]
    [DataRow("-0.25E+10", false, true)]
    [DataRow("-", true, false)]
    [DataRow("1.", false, false)]
    [DataRow("1e", false, false)]
    public void Complete_numbers_are_told_from_beginnings(string text, bool whole, bool complete)
    {
        State state = NumberSyntax.Read(State.Start, text, whole);

        Assert.AreNotEqual(State.Invalid, state);
        Assert.AreEqual(complete, NumberSyntax.IsComplete(state));
    }

    [TestMethod]
    [DataRow("01", false)]
    [DataRow("--1", false)]
    [DataRow("1.5", true)]
    [DataRow("1e3", true)]
    [DataRow(".5", false)]
    [DataRow("1.5.2", false)]
    [DataRow("+1", false)]
    [DataRow("٣", true)]
    public void What_is_no_number_is_invalid(string text, bool whole) =>
        Assert.AreEqual(State.Invalid, NumberSyntax.Read(State.Start, text, whole));
}
