using System.Buffers.Binary;
using SipAlg.Protocol.Rtp;

namespace SipAlg.Media.Tests.Events;

/// <summary>Events converted in a running relay: an end that knows none (a) calls one that does (b).</summary>
public sealed class EventRelayTests : IDisposable
{
    private static readonly TelephoneEventFormat Usual = new(101, 8000);

    private readonly RelayRig _rig = new();
    private readonly Phone _a;
    private readonly Phone _b;
    private readonly MediaPort _portA;
    private readonly MediaPort _portB;
    private ushort _sequence = 500;
    private int _heard;

    public EventRelayTests()
    {
        (_a, _b) = (_rig.Phone("127.0.0.2"), _rig.Phone("127.0.0.3"));
        (_portA, _portB) = _rig.Call(_a, _b);
        Convert();
    }

    public void Dispose() => _rig.Dispose();

    private void Convert()
    {
        _rig.Relay.PutEvents(_portA, Usual, 8000);
        TelephoneEventFormats formats = default;
        formats.Add(Usual);
        _rig.Relay.TakeEvents(_portB, formats, () => Interlocked.Increment(ref _heard));
    }

    private byte[] Audio(uint ssrc = 7) => EventBench.Audio(8, _sequence, _sequence++ * 160u, ssrc);

    private byte[] Event(byte code, bool isEnd, uint timestamp)
    {
        var packet = new byte[TelephoneEventPacket.Length];
        new TelephoneEventPacket(101, false, _sequence++, timestamp, 9).Write(new TelephoneEvent(code, isEnd, 10, 800), packet);
        return packet;
    }

    /// <summary>20 ms of a's stream, as b sees them.</summary>
    private SeenPacket Flow()
    {
        _rig.Clock.AdvanceSeconds(0.02);
        _a.Send(Audio(), RelayRig.Address, _portA.Port);
        return SeenPacket.Of(_b.Receive(), 101);
    }

    private SeenPacket NextBeat()
    {
        _rig.Clock.AdvanceSeconds(0.02);
        return SeenPacket.Of(_b.Receive(), 101);
    }

    private static void IsContinuous(List<SeenPacket> seen) => Assert.All(seen.Zip(seen.Skip(1)), pair => Assert.True(
        pair.First.Ssrc == pair.Second.Ssrc && (ushort)(pair.First.Sequence + 1) == pair.Second.Sequence && (int)(pair.Second.Timestamp - pair.First.Timestamp) >= 0,
        $"{pair.First} then {pair.Second}"));

    /// <summary>Orders have been obeyed once a port that was given back after them has closed.</summary>
    private void Obeyed()
    {
        var inUse = _rig.Pool.InUse;
        _rig.Relay.Release(_rig.Take());
        Eventually.True(() => _rig.Pool.InUse == inUse, "orders");
    }

    [Fact]
    public void Without_digits_packets_pass_as_they_come()
    {
        for (var packet = 0; packet < 10; packet++)
        {
            var audio = Audio();
            _a.Send(audio, RelayRig.Address, _portA.Port);
            Assert.Equal(audio, _b.Receive());
            audio = Audio(9);
            _b.Send(audio, RelayRig.Address, _portB.Port);
            Assert.Equal(audio, _a.Receive());
        }
    }

    [Fact]
    public void A_digit_in_a_stream_that_flows()
    {
        var seen = Enumerable.Range(0, 5).Select(_ => Flow()).ToList();
        Assert.True(_rig.Relay.TryPut(_portA, new DtmfDigit(5, 160)));
        seen.AddRange(Enumerable.Range(0, 20).Select(_ => Flow()));
        IsContinuous(seen);
        Assert.Equal(10, seen.Count(packet => packet.Event is not null));
        Assert.Equal(3, seen.Count(packet => packet.Event is { Code: 5, IsEnd: true, Duration: 1280 }));
        Assert.Equal(0, _rig.Rtp(_portA).Totals.DroppedInAll);
        Eventually.True(() => _rig.Rtp(_portB).Totals.PacketsOut == 25, "counted");
    }

    [Fact]
    public void A_digit_where_nothing_flows_and_the_stream_after_it()
    {
        var seen = Enumerable.Range(0, 3).Select(_ => Flow()).ToList();
        _rig.Clock.AdvanceSeconds(1);
        Assert.True(_rig.Relay.TryPut(_portA, new DtmfDigit(5, 160)));
        seen.Add(SeenPacket.Of(_b.Receive(), 101));
        Assert.True(seen[^1].Marker);
        seen.AddRange(Enumerable.Range(0, 9).Select(_ => NextBeat()));
        Assert.Equal(seen[2].Timestamp + 8000, seen[3].Timestamp);
        for (var packet = 0; packet < 3; packet++)
        {
            _rig.Clock.AdvanceSeconds(0.02);
            _a.Send(EventBench.Audio(8, _sequence, (_sequence++ * 160u) + 20_000, 7), RelayRig.Address, _portA.Port);
            seen.Add(SeenPacket.Of(_b.Receive(), 101));
        }

        IsContinuous(seen);
        Assert.Equal((ushort)(_sequence - 1 + 10), seen[^1].Sequence);
    }

    [Fact]
    public void A_digit_before_any_stream()
    {
        Assert.True(_rig.Relay.TryPut(_portA, new DtmfDigit(11, 80)));
        List<SeenPacket> seen = [SeenPacket.Of(_b.Receive(), 101), .. Enumerable.Range(0, 5).Select(_ => NextBeat())];
        IsContinuous(seen);
        Assert.True(seen[^1].Event is { Code: 11, IsEnd: true, Duration: 640 });
        RelayRig.CameFrom(_b, RelayRig.Address, _portB.Port);
    }

    [Fact]
    public void Digits_are_taken_out_and_told()
    {
        for (var digit = 1u; digit <= 3; digit++)
        {
            foreach (var isEnd in new[] { false, true, true, true })
            {
                _b.Send(Event((byte)digit, isEnd, digit * 8000), RelayRig.Address, _portB.Port);
            }
        }

        var audio = Audio(9);
        _b.Send(audio, RelayRig.Address, _portB.Port);
        var seen = SeenPacket.Of(_a.Receive(), 101);
        Assert.Equal((500, (byte)8), (seen.Sequence, seen.PayloadType));
        Assert.Equal(3, Volatile.Read(ref _heard));
        for (byte digit = 1; digit <= 3; digit++)
        {
            Assert.True(_rig.Relay.TryHear(_portB, out var heard));
            Assert.Equal(new DtmfDigit(digit, 100), heard);
        }

        Assert.False(_rig.Relay.TryHear(_portB, out _));
        Assert.False(_rig.Relay.TryHear(_portA, out _));
        Assert.Equal(12, _rig.Rtp(_portB).Totals.Dropped(DropReason.Converted));
        Assert.True(_a.HasNothing);
    }

    [Fact]
    public void A_digit_without_end_is_told_when_nothing_follows()
    {
        _b.Send(Event(5, false, 8000), RelayRig.Address, _portB.Port);
        Eventually.True(() => _rig.Rtp(_portB).Totals.PacketsIn == 1, "taken");
        _rig.Clock.AdvanceSeconds(0.14);
        Obeyed();
        Assert.Equal(0, Volatile.Read(ref _heard));
        _rig.Clock.AdvanceSeconds(0.02);
        Eventually.True(() => Volatile.Read(ref _heard) == 1, "told");
    }

    [Fact]
    public void Reports_fit_what_goes_on()
    {
        // b's stream has lost a packet to conversion; a reports on what it heard, b on what it sent.
        _b.Send(Event(5, true, 8000), RelayRig.Address, _portB.Port);
        _b.Send(Audio(9), RelayRig.Address, _portB.Port);
        _a.Receive();
        var sent = System.Convert.FromHexString("80C80006" + "00000009" + "E100000080000000" + "00000010" + "00000002" + "000000A4");
        _rig.Relay.Aim(_portA, new MediaTarget { Rtp = _a.Endpoint, RtcpMux = true });
        _rig.Relay.Aim(_portB, new MediaTarget { Rtp = _b.Endpoint, RtcpMux = true });
        _b.Send(sent, RelayRig.Address, _portB.Port);
        var report = _a.Receive();
        Assert.Equal((1u, 0xA0u), (BinaryPrimitives.ReadUInt32BigEndian(report.AsSpan(20)), BinaryPrimitives.ReadUInt32BigEndian(report.AsSpan(24))));
        var heard = System.Convert.FromHexString("81C90007" + "00000007" + "00000009" + "00000000" + "000001F4" + "000000000000000000000000");
        _a.Send(heard, RelayRig.Address, _portA.Port);
        Assert.Equal(501u, BinaryPrimitives.ReadUInt32BigEndian(_b.Receive().AsSpan(16)));
    }

    [Fact]
    public void A_call_that_ends_within_a_digit_leaves_nothing_to_the_next()
    {
        using var rig = new RelayRig(first: 24400, last: 24403);
        var (portA, portB) = rig.Call(_a, _b);
        rig.Relay.PutEvents(portA, Usual, 8000);
        Assert.True(rig.Relay.TryPut(portA, new DtmfDigit(5, 400)));
        Assert.True(SeenPacket.Of(_b.Receive(), 101).Marker);
        rig.Relay.Release(portA);
        rig.Relay.Release(portB);
        rig.AwaitAllClosed();
        rig.Clock.AdvanceSeconds(6);
        var (againA, _) = rig.Call(_a, _b);
        Assert.False(rig.Relay.TryPut(againA, new DtmfDigit(5, 400)));
        Assert.False(rig.Relay.TryPut(portA, new DtmfDigit(5, 400)));
        for (ushort packet = 0; packet < 3; packet++)
        {
            rig.Clock.AdvanceSeconds(0.02);
            _a.Send(Phone.Rtp(packet), RelayRig.Address, againA.Port);
            Assert.Equal(Phone.Rtp(packet), _b.Receive());
        }

        Assert.Equal(0, rig.Relay.Faults);
    }

    [Fact]
    public void A_digit_for_a_port_without_partner_is_dropped()
    {
        _rig.Relay.Separate(_portA);
        Assert.True(_rig.Relay.TryPut(_portA, new DtmfDigit(5, 40)));
        _rig.AwaitDropped(_portA, DropReason.NoPartner);
        Assert.True(_b.HasNothing);
    }

    [Fact]
    public void A_digit_for_an_end_on_hold_is_dropped()
    {
        _rig.Relay.Aim(_portB, default);
        Assert.True(_rig.Relay.TryPut(_portA, new DtmfDigit(5, 40)));
        _rig.AwaitDropped(_portA, DropReason.NoTarget);
    }

    [Fact]
    public void A_stream_that_is_left_alone_passes_as_it_comes()
    {
        _b.Send(Event(5, true, 8000), RelayRig.Address, _portB.Port);
        Eventually.True(() => Volatile.Read(ref _heard) == 1, "told");
        _rig.Relay.LeaveEvents(_portB);
        var packet = Event(6, true, 16000);
        _b.Send(packet, RelayRig.Address, _portB.Port);
        Assert.Equal(packet, _a.Receive());
        Assert.False(_rig.Relay.TryHear(_portB, out _));
    }

    [Fact]
    public void Conversion_allocates_nothing_for_a_packet()
    {
        using var rig = new RelayRig(TimeProvider.System);
        var (portA, portB) = rig.Call(_a, _b);
        rig.Relay.PutEvents(portA, Usual, 8000);
        TelephoneEventFormats formats = default;
        formats.Add(Usual);
        rig.Relay.TakeEvents(portB, formats, () => { });
        long allocated = -1;
        for (var window = 0; window < 4 && allocated != 0; window++)
        {
            var before = Allocated(rig);
            for (var packet = 0; packet < 3000; packet++)
            {
                if (packet % 100 == 0)
                {
                    rig.Relay.TryPut(portA, new DtmfDigit(5, 40));
                }

                _a.Send(Audio(), RelayRig.Address, portA.Port);
                _b.Receive();
                _b.Send(Event(5, true, _sequence * 1000u), RelayRig.Address, portB.Port);
                rig.Relay.TryHear(portB, out _);
            }

            allocated = Allocated(rig) - before;
            while (!_b.HasNothing)
            {
                _b.Receive();
            }
        }

        Assert.Equal(0, allocated);
    }

    private static long Allocated(RelayRig rig)
    {
        var inUse = rig.Pool.InUse;
        rig.Relay.Release(rig.Take());
        Eventually.True(() => rig.Pool.InUse == inUse, "closed");
        return rig.Relay.ThreadAt(0).AllocatedOctets;
    }

    /// <summary>Half a digit has come to the port of b, and its end is lost: what waits to be heard, and what is open, goes along.</summary>
    [Fact]
    public void What_has_been_heard_goes_along_to_another_port()
    {
        _b.Send(Event(3, true, 800), RelayRig.Address, _portB.Port);
        _b.Send(Event(4, false, 2400), RelayRig.Address, _portB.Port);
        _rig.AwaitDropped(_portB, DropReason.Converted, 2);
        Assert.Equal(2, _rig.Relay.UnheardDigits(_portB));
        var moved = _rig.Take();
        _rig.Relay.Aim(moved, new MediaTarget { Rtp = _b.Endpoint });
        _rig.Relay.MoveEvents(_portB, moved);
        _rig.Relay.Join(_portA, moved);
        _rig.Relay.Release(_portB);
        Assert.Equal((0, 2), (_rig.Relay.UnheardDigits(_portB), _rig.Relay.UnheardDigits(moved)));
        Assert.True(_rig.Relay.TryHear(moved, out var heard));
        Assert.Equal(3, heard.Code);
        _rig.Clock.AdvanceSeconds(0.2);

        // The beat goes on at the new port: what ended without a word is told.
        Eventually.True(() => _rig.Relay.TryHear(moved, out heard), "the digit that had begun");
        Assert.Equal(4, heard.Code);
        Assert.Equal(2, _heard);
        Assert.Equal(0, _rig.Relay.UnheardDigits(moved));
    }

    [Fact]
    public void What_waits_to_be_sent_goes_along_and_the_numbers_go_on()
    {
        var seen = new List<SeenPacket> { Flow(), Flow() };
        Assert.True(_rig.Relay.TryPut(_portA, new DtmfDigit(5, 100)));
        Assert.True(_rig.Relay.TryPut(_portA, new DtmfDigit(6, 100)));
        Assert.Equal(2, _rig.Relay.UnsentDigits(_portA));
        seen.Add(Flow());
        var moved = _rig.Take();
        _rig.Relay.Aim(moved, new MediaTarget { Rtp = _a.Endpoint });
        _rig.Relay.MoveEvents(_portA, moved);
        _rig.Relay.Join(moved, _portB);
        _rig.Relay.Release(_portA);
        Assert.Equal((0, 2), (_rig.Relay.UnsentDigits(_portA), _rig.Relay.UnsentDigits(moved)));
        for (var packet = 0; packet < 30; packet++)
        {
            _rig.Clock.AdvanceSeconds(0.02);
            _a.Send(Audio(), RelayRig.Address, moved.Port);
            seen.Add(SeenPacket.Of(_b.Receive(), 101));
        }

        IsContinuous(seen);
        Assert.Equal([5, 6], seen.Where(packet => packet.Event is { IsEnd: true }).Select(packet => (int)packet.Event!.Value.Code).Distinct());
        Assert.Equal(0, _rig.Relay.UnsentDigits(moved));
    }
}
