using System.Net;
using System.Net.Sockets;
using SipAlg.Hosting;
using SipAlg.Signaling.Resolution;
using SipAlg.Signaling.Transports;

namespace SipAlg.Hep;

/// <summary>The way to the collector: found by its name, opened again when it is gone or when the name has had its time.</summary>
/// <param name="settings">Where it leads.</param>
/// <param name="find">Finds the addresses of a host; does not throw.</param>
/// <param name="time">The clock.</param>
internal sealed class HepLink(HepSettings settings, Func<SipTarget, HopReach, Task<SipHops>> find, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Longest = TimeSpan.FromHours(1);
    private static readonly TimeSpan ConnectWait = TimeSpan.FromSeconds(5);
    private static readonly HopReach Anywhere = HopReach.Of([(Transport.Udp, true), (Transport.Udp, false), (Transport.Tcp, true), (Transport.Tcp, false)]);

    private readonly SipTarget _target = new(settings.Host, settings.Port, settings.IsStream ? Transport.Tcp : Transport.Udp, IsSecure: false);
    private Socket? _socket;
    private long _openedAt;
    private TimeSpan _holds;
    private string? _fault;

    /// <summary>Makes sure that the way stands; after a failure no sooner than some seconds later.</summary>
    /// <returns>Why it does not; null if it does.</returns>
    public async ValueTask<string?> OpenAsync(CancellationToken stopping)
    {
        if ((_socket ?? (object?)_fault) is not null && time.GetElapsedTime(_openedAt) < _holds)
        {
            return _fault;
        }

        Dispose();
        (_openedAt, _fault, _holds) = (time.GetTimestamp(), null, Pause);
        var hops = await find(_target, Anywhere).ConfigureAwait(false);
        if (hops.Outcome != HopOutcome.Found)
        {
            return _fault = NameWatch.Reason(hops.Outcome);
        }

        try
        {
            await ConnectAsync(Managed(hops.All[0]), stopping).ConfigureAwait(false);
        }
        catch (SocketException failed)
        {
            Dispose();
            return _fault = failed.Message;
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            Dispose();
            return _fault = "it does not answer";
        }

        // A connection stays where it is.
        _holds = settings.IsStream || hops.Holds > Longest ? Longest : hops.Holds < Pause ? Pause : hops.Holds;
        return null;
    }

    /// <summary>
    /// Sends one packet. That nobody takes datagrams there is told to whoever sends the next one, which has then not been sent: it is tried
    /// once more.
    /// </summary>
    /// <returns>Why it, or the datagram before it, was not taken; null if nothing is known to be lost.</returns>
    public async ValueTask<string?> SendAsync(ReadOnlyMemory<byte> packet, CancellationToken stopping)
    {
        try
        {
            while (!packet.IsEmpty)
            {
                packet = packet[await _socket!.SendAsync(packet, stopping).ConfigureAwait(false)..];
            }

            return null;
        }
        catch (SocketException failed)
        {
            if (settings.IsStream)
            {
                Dispose();
                (_openedAt, _fault, _holds) = (time.GetTimestamp(), failed.Message, Pause);
            }
            else if (failed.SocketErrorCode == SocketError.ConnectionRefused)
            {
                await TryAgainAsync(packet, stopping).ConfigureAwait(false);
            }

            return failed.Message;
        }
    }

    private async ValueTask TryAgainAsync(ReadOnlyMemory<byte> packet, CancellationToken stopping)
    {
        try
        {
            await _socket!.SendAsync(packet, stopping).ConfigureAwait(false);
        }
        catch (SocketException)
        {
            // What is lost has been told.
        }
    }

    public void Dispose()
    {
        _socket?.Dispose();
        _socket = null;
    }

    private async Task ConnectAsync(IPEndPoint remote, CancellationToken stopping)
    {
        _socket = settings.IsStream
            ? new Socket(remote.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true }
            : new Socket(remote.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        using var late = new CancellationTokenSource(ConnectWait, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, stopping);
        await _socket.ConnectAsync(remote, either.Token).ConfigureAwait(false);
    }

    private static IPEndPoint Managed(in SipHop hop)
    {
        Span<byte> octets = stackalloc byte[16];
        return new IPEndPoint(new IPAddress(octets[..hop.Endpoint.Address.WriteOctets(octets)]), hop.Endpoint.Port);
    }
}
