using System.Net;
using System.Net.Sockets;

namespace SipAlg.Interop.Tests.Wire;

/// <summary>A UDP path on which datagrams are lost both ways.</summary>
internal sealed class LossyLink : IAsyncDisposable
{
    private readonly string _name;
    private readonly LossPlan _plan;
    private readonly Socket _front;
    private readonly Socket _back;
    private readonly IPEndPoint _target;
    private readonly Task _forth;
    private readonly Task _return;
    private EndPoint? _client;

    /// <param name="name">Tells the link from others of its plan.</param>
    /// <param name="plan">What is lost.</param>
    /// <param name="front">Where who begins sends to.</param>
    /// <param name="back">What the target sees as its peer.</param>
    /// <param name="target">Who is reached.</param>
    public LossyLink(string name, LossPlan plan, IPEndPoint front, IPEndPoint back, IPEndPoint target)
    {
        _name = name;
        _plan = plan;
        _target = target;
        _front = Open(front);
        _back = Open(back);
        _forth = PassAsync(_front, "forth", (from, datagram) =>
        {
            _client = from;
            _back.SendTo(datagram, _target);
        });
        _return = PassAsync(_back, "back", (_, datagram) => _front.SendTo(datagram, _client!));
    }

    private static Socket Open(IPEndPoint local)
    {
        var socket = new Socket(local.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(local);
        return socket;
    }

    private delegate void Pass(EndPoint from, ReadOnlySpan<byte> datagram);

    private async Task PassAsync(Socket socket, string direction, Pass pass)
    {
        var buffer = new byte[65536];
        var any = new IPEndPoint(IPAddress.Any, 0);
        while (true)
        {
            SocketReceiveFromResult received;
            try
            {
                received = await socket.ReceiveFromAsync(buffer, any);
            }
            catch (Exception fault) when (fault is ObjectDisposedException or SocketException { SocketErrorCode: SocketError.OperationAborted })
            {
                return;
            }

            var datagram = buffer.AsSpan(0, received.ReceivedBytes);
            if (!_plan.Loses($"{_name} {direction}", datagram))
            {
                pass(received.RemoteEndPoint, datagram);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        _front.Dispose();
        _back.Dispose();
        await Task.WhenAll(_forth, _return);
    }
}
