using System.Net;
using System.Net.Sockets;
using System.Text;
using SipAlg.Interop.Tests.Nat;

namespace SipAlg.Interop.Tests.Harness;

/// <summary>Asks a listener by OPTIONS whether it serves.</summary>
/// <param name="from">An address to ask from.</param>
/// <param name="listener">Whom.</param>
/// <param name="inside">The network namespace of that address; null for the test's own.</param>
internal sealed class SipProbe(IPAddress from, IPEndPoint listener, NetworkNamespace? inside = null)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(200);
    private int _sequence;

    public bool IsAnswered()
    {
        using var socket = inside?.Socket(SocketType.Dgram, ProtocolType.Udp) ?? new Socket(listener.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        socket.ReceiveTimeout = (int)Patience.TotalMilliseconds;
        socket.Bind(new IPEndPoint(from, 0));
        socket.Connect(listener);
        var answer = new byte[65536];
        try
        {
            socket.Send(Encoding.ASCII.GetBytes(Options((IPEndPoint)socket.LocalEndPoint!)));
            return Encoding.ASCII.GetString(answer, 0, socket.Receive(answer)).StartsWith("SIP/2.0 ", StringComparison.Ordinal);
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private string Options(IPEndPoint local)
    {
        var id = $"{Environment.ProcessId}-{_sequence++}-{local.Port}";
        return $"""
            OPTIONS sip:{listener} SIP/2.0
            Via: SIP/2.0/UDP {local};branch=z9hG4bK{id};rport
            Max-Forwards: 70
            From: <sip:probe@{local}>;tag={id}
            To: <sip:{listener}>
            Call-ID: {id}
            CSeq: 1 OPTIONS
            Content-Length: 0


            """.ReplaceLineEndings("\r\n");
    }
}
