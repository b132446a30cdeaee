using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using FsCheck;
using FsCheck.Fluent;
using SipAlg.Calls.Dialplan;

namespace SipAlg.Calls.Tests.Dialplan;

public sealed class RouteRegexTests
{
    private static readonly Gen<string> Texts = Gen.Elements("1", "2", "+", "*", "-", "a").ArrayOf().Select(string.Concat).Resize(6);
    private static readonly Gen<string> Patterns =
        from start in Gen.Elements("^", "") from middle in Gen.Elements("1", "2", "\\+", "\\*", "-", "a", "#", "_", "+", ".", "\\", "$", "^", "[12]", "a?").ArrayOf().Select(string.Concat).Resize(5) from end in Gen.Elements("$", "") select start + middle + end;

    /// <summary>Whatever way is taken to it, the answer is that of .NET's regular expressions.</summary>
    [Fact]
    public void Matches_as_the_regular_expression_does() => Prop.ForAll(
        (from pattern in Patterns from text in Texts select (pattern, text)).ToArbitrary(),
        scene => RouteRegex.TryCreate(scene.pattern, out var regex, out _)
            ? regex!.IsMatch(scene.text) == Regex.IsMatch(scene.text, scene.pattern, RegexOptions.NonBacktracking)
            : !IsRegex(scene.pattern)).Check(Config.QuickThrowOnFailure.WithMaxTest(20_000));

    [Theory]
    [InlineData("^100$", "100", true)]
    [InlineData("^100$", "1001", false)]
    [InlineData("^\\+49", "+4930", true)]
    [InlineData("^\\+49", "4930", false)]
    [InlineData("^\\*21\\*$", "*21*", true)]
    [InlineData("^a\\$", "a$b", true)]
    [InlineData("^10.$", "101", true)]
    [InlineData("10", "2102", true)]
    public void Plain_text_is_text(string pattern, string text, bool isMatch)
    {
        Assert.True(RouteRegex.TryCreate(pattern, out var regex, out _));
        Assert.Equal(isMatch, regex!.IsMatch(text));
        Assert.Equal(pattern, regex.Pattern);
        Assert.Empty(regex.Names);
    }

    /// <summary>A reload has most of the patterns that ran before it.</summary>
    [Fact]
    public void One_pattern_is_one_object_for_as_long_as_a_route_has_it()
    {
        Assert.True(RouteRegex.TryCreate("^shared[0-9]$", out var one, out _));
        Assert.True(RouteRegex.TryCreate("^shared[0-9]$", out var other, out _));
        Assert.Same(one, other);

        var gone = Gone();
        GC.Collect();
        Assert.False(gone.IsAlive);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference Gone()
    {
        Assert.True(RouteRegex.TryCreate("^gone[0-9]$", out var regex, out _));
        return new WeakReference(regex);
    }

    private static bool IsRegex(string pattern)
    {
        try
        {
            _ = new Regex(pattern, RegexOptions.NonBacktracking);
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
