using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using SipAlg.Interop.Tests.Harness;

namespace SipAlg.Interop.Tests.Wire;

/// <summary>
/// The media of a telephone whose signalling SIPp plays: sends RTP whose every octet is its voice, and knows whose voices it
/// hears.
/// </summary>
internal sealed class RtpEnd : IAsyncDisposable
{
    private const int HeaderLength = 12;
    private const int PacketLength = HeaderLength + 160;
    private const byte Version2 = 0x80;

    /// <summary>RFC 3551: PCMA, the first of the scripts' payloads.</summary>
    private const byte Pcma = 8;

    /// <summary>Enough to be more than what was still under way.</summary>
    private const int SomePackets = 5;

    private static readonly TimeSpan PacketTime = TimeSpan.FromMilliseconds(20);
    private static int _voices;

    private readonly byte _voice = (byte)Interlocked.Increment(ref _voices);
    private readonly int[] _heard = new int[256];
    private readonly Socket _socket;
    private readonly CancellationTokenSource _end = new();
    private readonly Task _listening;
    private Task _playing = Task.CompletedTask;

    public RtpEnd(string address)
    {
        var local = Ports.Free(address);
        _socket = new Socket(local.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        _socket.Bind(local);
        Port = local.Port;
        _listening = ListenAsync();
    }

    public int Port { get; }

    /// <summary>From now on, to where a description that this side was sent says.</summary>
    public void PlaysTo(IPEndPoint target) => _playing = PlayAsync(target);

    private async Task PlayAsync(IPEndPoint target)
    {
        using var ticks = new PeriodicTimer(PacketTime);
        var packet = new byte[PacketLength];
        packet.AsSpan().Fill(_voice);
        (packet[0], packet[1]) = (Version2, Pcma);
        for (ushort sequence = 1; !_end.IsCancellationRequested; sequence++)
        {
            BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), sequence);
            BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(4), sequence * 160u);
            // A relay port that has been closed is told by ICMP; it is not this side's matter.
            _ = await SendAsync(packet, target);
            await ticks.WaitForNextTickAsync();
        }
    }

    private async Task<bool> SendAsync(byte[] packet, IPEndPoint target)
    {
        try
        {
            await _socket.SendToAsync(packet, target);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private async Task ListenAsync()
    {
        var packet = new byte[2048];
        var any = new IPEndPoint(IPAddress.Any, 0);
        while (!_end.IsCancellationRequested)
        {
            try
            {
                var received = await _socket.ReceiveFromAsync(packet, SocketFlags.None, any, _end.Token);
                if (received.ReceivedBytes == PacketLength)
                {
                    Interlocked.Increment(ref _heard[packet[HeaderLength]]);
                }
            }
            catch (Exception fault) when (fault is SocketException or OperationCanceledException)
            {
                // The other side's ICMP, or the end.
            }
        }
    }

    private int Heard(RtpEnd other) => Volatile.Read(ref _heard[other._voice]);

    /// <summary>Waits until the other one is heard, from now on.</summary>
    public async Task HearsAsync(RtpEnd other)
    {
        var before = Heard(other);
        await Eventually.TrueAsync(() => Heard(other) >= before + SomePackets, text: $"{other.Port} heard at {Port}");
    }

    /// <summary>Hears this one and, meanwhile, not the other.</summary>
    public async Task HearsAsync(RtpEnd other, RtpEnd not)
    {
        await HearsAsync(other);
        var before = Heard(not);
        await HearsAsync(other);
        Assert.Equal(before, Heard(not));
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await Task.WhenAll(_playing, _listening);
        _socket.Dispose();
        _end.Dispose();
    }
}
