using FsCheck;
using FsCheck.Fluent;
using SipAlg.Protocol.Srtp;

namespace SipAlg.Protocol.Tests.Srtp;

/// <summary>Which packets were seen, and how often their numbers have rolled over (RFC 3711 §3.3).</summary>
public sealed class PacketWindowTests
{
    /// <summary>The window as what it means: a set.</summary>
    [Fact]
    public void The_window_is_the_set_of_what_was_seen_less_what_is_too_old() => Prop.ForAll(Gen.Choose(-300, 300).ListOf(200).ToArbitrary(), steps =>
    {
        var (window, seen, at, highest) = (default(PacketWindow), new HashSet<ulong>(), 1000L, 0UL);
        foreach (var step in steps)
        {
            at = Math.Max(0, at + step);
            var index = (ulong)at;
            var isNew = seen.Count == 0 || index > highest || (highest - index < PacketWindow.Length && !seen.Contains(index));
            Assert.Equal(isNew, window.IsNew(index));
            if (isNew)
            {
                window.Add(index);
                seen.Add(index);
                highest = Math.Max(highest, index);
            }
        }
    }).QuickCheckThrowOnFailure();

    /// <summary>Whoever is less than half a round from the highest is placed right.</summary>
    [Fact]
    public void The_index_is_the_nearest_one() => Prop.ForAll(Gen.Choose(0, 1 << 20).ToArbitrary(), Gen.Choose(-32767, 32767).ToArbitrary(), (highest, step) =>
    {
        var index = (long)highest + step;
        if (index < 0)
        {
            Assert.True(!RtpIndex.TryGuess((ulong)highest, (ushort)index, out var guess) || guess != (ulong)index);
            return;
        }

        Assert.True(RtpIndex.TryGuess((ulong)highest, (ushort)index, out var found));
        Assert.Equal((ulong)index, found);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Suites_have_one_name_each_and_the_lengths_of_their_rfc()
    {
        foreach (var suite in Enum.GetValues<SrtpSuite>())
        {
            Assert.True(SrtpSuites.TryRead(suite.Name(), out var read) && read == suite);
            Assert.InRange(suite.MasterLength(), 28, SrtpSuites.LongestKey);
        }

        Assert.Equal([44, 28, 46, 30, 46, 30], Enum.GetValues<SrtpSuite>().Select(suite => suite.MasterLength()));
        Assert.Equal([16, 16, 10, 10, 4, 4], Enum.GetValues<SrtpSuite>().Select(suite => suite.TagLength()));
        Assert.False(SrtpSuites.TryRead("AES_CM_192_HMAC_SHA1_80"u8, out _));
    }
}
