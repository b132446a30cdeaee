using FsCheck;
using FsCheck.Fluent;
using SipAlg.Calls.Authentication;

namespace SipAlg.Calls.Tests.Authentication;

public sealed class NonceUsesTests
{
    private static readonly Gen<(long Serial, uint Count, bool IsWhole)> Use =
        from serial in Gen.Choose(1, 12)
        from turn in Gen.Elements(0L, 1L << 30)
        from count in Gen.OneOf(Gen.Choose(0, 6), Gen.Choose(60, 70), Gen.Choose(int.MaxValue - 2, int.MaxValue))
        from scale in Gen.Elements(1u, 2u)
        from isWhole in Gen.Frequency((9, Gen.Constant(false)), (1, Gen.Constant(true)))
        select (serial + turn, (uint)count * scale, isWhole);

    /// <summary>Whatever comes in whatever order: no nonce and count twice, and none beside one that was used up.</summary>
    [Fact]
    public void Nothing_is_fresh_twice() => Prop.ForAll(Arb.From(Use.ListOf()), uses =>
    {
        var table = new NonceUses(4);
        var seen = new HashSet<(long, uint)>();
        var touched = new HashSet<long>();
        var usedUp = new HashSet<long>();
        foreach (var (serial, count, isWhole) in uses)
        {
            if (isWhole ? table.IsFresh(serial) : table.IsFresh(serial, count))
            {
                if (usedUp.Contains(serial) || (isWhole ? touched.Contains(serial) : !seen.Add((serial, count))))
                {
                    return false;
                }

                if (isWhole)
                {
                    table.Claim(serial);
                    usedUp.Add(serial);
                }
                else
                {
                    table.Claim(serial, count);
                }

                touched.Add(serial);
            }
        }

        return true;
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(5000));

    [Fact]
    public void Each_nonce_is_fresh_while_no_later_one_took_its_place()
    {
        var table = new NonceUses(8);
        for (var serial = 1L; serial <= 1000; serial++)
        {
            Assert.True(table.IsFresh(serial) && table.IsFresh(serial, 1));
            table.Claim(serial, 1);
            for (var earlier = Math.Max(1, serial - 7); earlier <= serial; earlier++)
            {
                Assert.True(table.IsFresh(earlier, 2));
                Assert.False(table.IsFresh(earlier, 1));
            }

            Assert.False(serial > 8 && table.IsFresh(serial - 8, 2));
        }
    }
}
