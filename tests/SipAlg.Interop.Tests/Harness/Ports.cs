using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using SipAlg.Testing.Network;

namespace SipAlg.Interop.Tests.Harness;

/// <summary>Ports of loopback addresses for programs that are yet to bind them.</summary>
internal static class Ports
{
    // Below the system's ephemeral ports, which other programs are given at random, and above those of media:
    // each SIPp takes the first that it can bind from 6000 on, and so what was free a moment ago.
    private const int First = 6200;
    private const int Last = 9999;
    private static readonly List<Claim> _claims = [];
    private static int _next = Random.Shared.Next(First, Last);

    /// <summary>A port that is free for UDP and TCP, handed out once, also when several runs ask at the same time.</summary>
    public static IPEndPoint Free(string address)
    {
        var ip = IPAddress.Parse(address);
        for (var tries = First; tries <= Last; tries++)
        {
            // Two apart: baresip and rtpproxies like to take the next one too.
            _next = _next + 2 > Last ? First : _next + 2;
            var candidate = new IPEndPoint(ip, _next);
            if (CanBind(candidate, SocketType.Dgram, ProtocolType.Udp) && CanBind(candidate, SocketType.Stream, ProtocolType.Tcp) && Claim.TryTake($"port {candidate.Port}") is { } claim)
            {
                _claims.Add(claim);
                return candidate;
            }
        }

        throw new InvalidOperationException($"no free port at {address}");
    }

    private static bool CanBind(IPEndPoint candidate, SocketType type, ProtocolType protocol)
    {
        using var socket = new Socket(candidate.AddressFamily, type, protocol);
        try
        {
            socket.Bind(candidate);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>Whether some program has it, at any address.</summary>
    public static bool IsTaken(int port)
    {
        var properties = IPGlobalProperties.GetIPGlobalProperties();
        return properties.GetActiveTcpListeners().Concat(properties.GetActiveUdpListeners()).Any(endpoint => endpoint.Port == port);
    }

    /// <summary>Whether some program listens there.</summary>
    public static bool IsServed(IPEndPoint endpoint, bool isStream)
    {
        var properties = IPGlobalProperties.GetIPGlobalProperties();
        return (isStream ? properties.GetActiveTcpListeners() : properties.GetActiveUdpListeners()).Contains(endpoint);
    }
}
