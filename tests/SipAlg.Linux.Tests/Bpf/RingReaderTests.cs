using SipAlg.Linux.Bpf;

namespace SipAlg.Linux.Tests.Bpf;

/// <summary>A ring as the kernel would write it, in memory of our own.</summary>
public sealed unsafe class RingReaderTests
{
    private const int Octets = 64;
    private const uint Busy = 1u << 31;
    private const uint Discarded = 1u << 30;

    private readonly ulong[] _positions = GC.AllocateArray<ulong>(2, pinned: true);
    private readonly byte[] _memory = GC.AllocateArray<byte>(2 * Octets, pinned: true);
    private RingReader _reader;

    private ref ulong Given => ref _positions[0];
    private ref ulong Written => ref _positions[1];

    private void Begin(ulong at)
    {
        Given = Written = at;
        fixed (ulong* positions = _positions)
        fixed (byte* memory = _memory)
        {
            _reader = new RingReader(positions, positions + 1, memory, Octets);
        }
    }

    /// <summary>Both halves are one memory.</summary>
    private void Put(ulong at, uint word)
    {
        for (var i = 0; i < 4; i++)
        {
            var place = (at + (ulong)i) % Octets;
            _memory[place] = _memory[place + Octets] = (byte)(word >> (8 * i));
        }
    }

    private void Write(uint octets, uint content, uint marks = 0)
    {
        Put(Written, octets | marks);
        Put(Written + 8, content);
        Written += (octets + 8 + 7) & ~7u;
    }

    private uint? Next()
    {
        _reader.Look();
        return NextKnown();
    }

    private uint? NextKnown() => _reader.Next() is var record && record == null ? null : *(uint*)record;

    [Fact]
    public void Records_come_in_their_order_again_and_again_around_the_end()
    {
        Begin(0);
        for (uint number = 0; number < 1000; number += 2)
        {
            Write(12 + (number % 5), number);
            Write(20, number + 1);
            Assert.Equal((number, number + 1, null), (Next(), Next(), Next()));
            Assert.False(_reader.HasMore());
            Assert.Equal(Written, Given);
        }
    }

    [Fact]
    public void What_was_read_keeps_its_room_until_it_is_given_back()
    {
        Begin(1UL << 40);
        Write(4, 1);
        Assert.Equal(1u, Next());
        Assert.Equal(1UL << 40, Given);
        _reader.GiveBack();
        Assert.Equal(Written, Given);
    }

    [Fact]
    public void What_is_being_written_is_waited_for_and_what_follows_too()
    {
        Begin(8);
        Write(8, 1, Busy);
        Write(8, 2);
        Assert.Null(Next());
        Assert.True(_reader.HasMore());
        Assert.Equal(8u, Given);
        Put(8, 8);
        Assert.Equal((1u, 2u, null), (Next(), Next(), Next()));
        Assert.False(_reader.HasMore());
    }

    [Fact]
    public void What_was_given_up_is_passed_over()
    {
        Begin(0);
        Write(8, 1, Discarded);
        Write(8, 2);
        Write(8, 3, Discarded);
        Assert.Equal((2u, null), (Next(), Next()));
        Assert.False(_reader.HasMore());
        Assert.Equal(Written, Given);
    }

    [Fact]
    public void What_comes_after_the_last_look_is_seen_by_the_next()
    {
        Begin(0);
        Write(8, 1);
        Assert.Equal(1u, Next());
        Write(8, 2);
        Assert.Null(NextKnown());
        Assert.True(_reader.HasMore());
        Assert.Equal(2u, Next());
    }
}
