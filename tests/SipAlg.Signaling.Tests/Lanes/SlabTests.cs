using System.Runtime.CompilerServices;
using FsCheck;
using FsCheck.Fluent;
using SipAlg.Signaling.Lanes;
using SipAlg.Testing;

namespace SipAlg.Signaling.Tests.Lanes;

public sealed class SlabTests
{
    [Fact]
    public void A_taken_record_is_its_default_even_after_another_tenant()
    {
        var slab = new Slab<long>();
        var slot = slab.Take(out var first);
        slab[slot] = 7;
        slab.Free(slot);
        Assert.Equal(slot, slab.Take(out var second));
        Assert.Equal(0, slab[slot]);
        Assert.NotEqual(first, second);
    }

    [Fact]
    public void A_stale_handle_holds_nothing()
    {
        var slab = new Slab<long>();
        var slot = slab.Take(out var generation);
        Assert.True(slab.Holds(slot, generation) && slab.IsTaken(slot));
        slab.Find(slot, generation) = 7;
        Assert.Equal(7, slab[slot]);

        slab.Free(slot);
        Assert.False(slab.Holds(slot, generation) || slab.IsTaken(slot));
        Assert.True(Unsafe.IsNullRef(ref slab.Find(slot, generation)));
        slab.Take(out _);
        Assert.False(slab.Holds(slot, generation));
    }

    [Theory]
    [InlineData(-1, 1u)]
    [InlineData(1, 1u)]
    [InlineData(int.MaxValue, 1u)]
    [InlineData(0, 0u)]
    [InlineData(0, 2u)]
    [InlineData(0, 3u)]
    public void Handles_from_the_wire_may_be_anything(int slot, uint generation)
    {
        var slab = new Slab<long>();
        slab.Take(out _);
        Assert.False(slab.Holds(slot, generation));
        Assert.Equal(slot == 0, slab.IsTaken(slot));
    }

    [Fact]
    public void A_reference_stays_good_while_the_slab_grows()
    {
        var slab = new Slab<long>();
        var slot = slab.Take(out _);
        ref var record = ref slab[slot];
        for (var n = 0; n < 10_000; n++)
        {
            slab.Take(out _);
        }

        record = 7;
        Assert.Equal(7, slab[slot]);
        Assert.Equal((10_001, 10_001), (slab.Count, slab.Top));
    }

    [Fact]
    public void It_behaves_as_a_dictionary_of_handles() =>
        Prop.ForAll(Arb.From(Gen.Choose(0, 99).ListOf(200)), choices =>
        {
            var slab = new Slab<int>();
            var live = new List<(int Slot, uint Generation, int Value)>();
            var gone = new List<(int Slot, uint Generation)>();
            foreach (var choice in choices)
            {
                if (choice < 55 || live.Count == 0)
                {
                    var slot = slab.Take(out var generation);
                    slab[slot] = choice;
                    live.Add((slot, generation, choice));
                }
                else
                {
                    var (slot, generation, _) = live[choice % live.Count];
                    live.RemoveAt(choice % live.Count);
                    slab.Free(slot);
                    gone.Add((slot, generation));
                }
            }

            return slab.Count == live.Count && live.All(at => slab.Holds(at.Slot, at.Generation) && slab[at.Slot] == at.Value) &&
                gone.All(at => !slab.Holds(at.Slot, at.Generation));
        }).Check(Config.QuickThrowOnFailure);

    [Fact]
    public void Taking_what_was_freed_allocates_nothing()
    {
        var slab = new Slab<long>();
        slab.Free(slab.Take(out _));
        Assert.Equal(0, Allocations.Of(() => slab.Free(slab.Take(out _))));
        Assert.Equal((0, 1), (slab.Count, slab.Top));
    }
}
