using SipAlg.Protocol.Addresses;
using SipAlg.Protocol.Stun;
using SipAlg.Signaling.Lanes;

namespace SipAlg.Signaling.Transports;

/// <summary>
/// One lane's share of a UDP listener: turns datagrams and ICMP errors into turns of the lane. Where strangers have a queue of their own, there is one
/// for it besides.
/// </summary>
/// <param name="isForStrangers">Its socket gets what strangers send.</param>
internal sealed class UdpListener(int index, UdpSocket socket, ListenerCounters counters, bool isForStrangers = false) : IDisposable
{
    /// <summary>Datagrams, or errors, taken at once, so that no socket starves the others, the inbox or the timers.</summary>
    private const int MostAtOnce = 32;

    /// <summary>Of strangers fewer, so that what peers and phones send waits for a few of theirs at most.</summary>
    private const int MostOfStrangers = 8;

    private readonly int _most = isForStrangers ? MostOfStrangers : MostAtOnce;

    /// <summary>A datagram up to here keeps a NAT binding open, whatever it holds: phones send zeros, line breaks, "jaK".</summary>
    private const int LongestRunt = 4;

    /// <summary>The last turn took as many datagrams as it may: those of the next one have waited in the socket.</summary>
    private bool _isBehind;

    /// <summary>It was empty since <see cref="IsLosing"/> was asked last.</summary>
    private bool _hasCaughtUp = true;
    private uint _drops;

    public int Descriptor => socket.Descriptor;

    public IpEndpoint Bound => socket.Bound;

    /// <summary>Takes what is there. The buffer is pinned and lent to the lane's user for each turn.</summary>
    /// <returns>Datagrams taken.</returns>
    public unsafe int Serve(Lane lane, byte[] buffer, bool isError)
    {
        if (isError)
        {
            TakeErrors(lane);
        }

        lane.BeginSocket(index, _isBehind ? socket.Waited : 0, counts: !isForStrangers);
        fixed (byte* octets = buffer)
        {
            var taken = 0;
            for (; taken < _most; taken++)
            {
                var length = socket.Receive(octets, buffer.Length, out var local, out var remote);
                if (length < 0)
                {
                    break;
                }

                Deliver(lane, new Flow(Transport.Udp, index, local, remote), buffer, length);
            }

            _isBehind = taken == _most;
            _hasCaughtUp |= !_isBehind;
            return taken;
        }
    }

    /// <summary>Asks the kernel what it dropped; a datagram does not pay for it.</summary>
    public void CountDrops() => counters.Set(isForStrangers ? ListenerCount.StrangerDrops : ListenerCount.KernelDrops, socket.KernelDrops);

    /// <inheritdoc cref="LaneNetwork.IsLosing"/>
    public bool IsLosing()
    {
        if (_hasCaughtUp)
        {
            _hasCaughtUp = !_isBehind;
            _drops = _isBehind ? socket.KernelDrops : 0;
            return false;
        }

        var before = _drops;
        _drops = socket.KernelDrops;
        return _drops != before;
    }

    public SendResult Send(in Flow flow, ReadOnlySpan<byte> message) =>
        counters.CountSend(socket.Send(flow.Local, flow.Remote, message), message.Length);

    public void Dispose() => socket.Dispose();

    /// <summary>RFC 5626 §3.5.2: by the answer a phone knows that its flow lives, and whether its address has changed.</summary>
    private void AnswerKeepAlive(in Flow flow, ReadOnlySpan<byte> request)
    {
        Span<byte> answer = stackalloc byte[StunBinding.MaxLength];
        socket.Send(flow.Local, flow.Remote, answer[..StunBinding.Answer(request, flow.Remote, answer)]);
    }

    private void Deliver(Lane lane, in Flow flow, byte[] buffer, int length)
    {
        if (!lane.Hears(flow))
        {
            return;
        }

        if (length <= LongestRunt || buffer.AsSpan(0, length).IndexOfAnyExcept("\r\n\0"u8) < 0)
        {
            counters.Add(ListenerCount.KeepAlives, 1);
            return;
        }

        if (StunBinding.IsRequest(buffer.AsSpan(0, length)))
        {
            counters.Add(ListenerCount.KeepAlives, 1);
            AnswerKeepAlive(flow, buffer.AsSpan(0, length));
            return;
        }

        counters.CountReceived(length);
        lane.Receive(flow, buffer, 0, length);
    }

    private void TakeErrors(Lane lane)
    {
        for (var taken = 0; taken < MostAtOnce && socket.TryTakeError(out var remote, out var error); taken++)
        {
            if (IcmpReasons.TryReason(error, out var reason))
            {
                counters.Add(ListenerCount.Unreachable, 1);
                Tell(lane, new Flow(Transport.Udp, index, Bound, remote), reason);
            }
        }
    }

    /// <summary>The kernel gives the error to the socket that would receive from the far side, not to the one that sent.</summary>
    private static void Tell(Lane lane, in Flow flow, UnreachableReason reason)
    {
        for (var other = 0; other < lane.Count; other++)
        {
            if (other != lane.Number)
            {
                lane.PostTo(other, new UnreachableElsewhere(flow, reason));
            }
        }

        lane.Unreachable(flow, reason);
    }
}
