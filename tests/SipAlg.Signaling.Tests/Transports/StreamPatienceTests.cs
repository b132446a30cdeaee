using System.Net.Sockets;
using SipAlg.Signaling.Transports;

namespace SipAlg.Signaling.Tests.Transports;

/// <summary>How long the kernel is told to wait for a far side that says nothing.</summary>
[Collection(SocketTests.Name)]
public sealed class StreamPatienceTests : IDisposable
{
    private const int ProtocolTcp = 6;
    private const int KeepIdle = 4;
    private const int KeepInterval = 5;
    private const int UserTimeout = 18;

    private readonly ManualTime _time = new();
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly StreamPatience _patience;

    public StreamPatienceTests()
    {
        _patience = new StreamPatience(_time, new StreamOptions());
        _patience.Take(_socket);
    }

    public void Dispose() => _socket.Dispose();

    /// <summary>RFC 1122 §4.2.3.6: Linux ends a connection at the second question, if TCP_USER_TIMEOUT is over by then.</summary>
    [Fact]
    public void A_question_that_is_lost_does_not_end_a_connection()
    {
        Assert.Equal(32_000, Option(UserTimeout));
        After(70);
        Assert.InRange(Option(UserTimeout), 1000 * (Option(KeepIdle) + (3 * Option(KeepInterval))), 300_000);
    }

    [Fact]
    public void What_is_sent_is_waited_for_no_longer_than_64_T1()
    {
        After(70);
        _patience.Writing();
        Assert.Equal(32_000, Option(UserTimeout));
        After(70);
        Assert.Equal(32_000, Option(UserTimeout));
        _patience.Written();
        After(60);
        Assert.Equal(32_000, Option(UserTimeout));
        After(10);
        Assert.NotEqual(32_000, Option(UserTimeout));
    }

    [Fact]
    public void One_that_has_just_been_closed_is_left_alone()
    {
        _socket.Dispose();
        After(70);
    }

    private void After(int seconds)
    {
        _time.Advance(TimeSpan.FromSeconds(seconds));
        _patience.Sweep();
    }

    private int Option(int option)
    {
        var value = new byte[sizeof(int)];
        _socket.GetRawSocketOption(ProtocolTcp, option, value);
        return BitConverter.ToInt32(value);
    }
}
