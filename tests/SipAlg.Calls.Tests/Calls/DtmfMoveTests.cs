using SipAlg.Calls.Lanes;
using SipAlg.Protocol.Addresses;
using SipAlg.Testing.Calls;

namespace SipAlg.Calls.Tests.Calls;

/// <summary>Digits that wait, or have begun, while the ports of their stream change or go.</summary>
public sealed class DtmfMoveTests : DtmfTest, IDisposable
{
    private readonly MediaSocket _v6 = new("::1");

    protected override SceneOptions Options => base.Options with
    {
        Realm = realm => realm with { Media = realm.Media with { BindV4 = realm.Listen[0].Endpoint.Address, BindV6 = IpAddress.Parse("::1") } },
    };

    void IDisposable.Dispose()
    {
        _v6.Dispose();
        FromAlice.Dispose();
        FromBob.Dispose();
        Dispose();
    }

    private string InV6(string sdp, string address, int port) => sdp
        .Replace($"c=IN IP4 {address}", "c=IN IP6 ::1", StringComparison.Ordinal)
        .Replace($"m=audio {port} ", $"m=audio {_v6.Port} ", StringComparison.Ordinal);

    [Fact]
    public void Digits_that_wait_are_sent_by_the_new_port()
    {
        var (a, b) = Call();
        foreach (var key in "12345")
        {
            Press(a, key, 100);
        }

        a.Invite(InV6(AliceSdp(2), SceneModel.AliceAddress, FromAlice.Port));
        b.ExpectRequest("INVITE");
        b.Accept(BobSdp(2));
        a.ExpectAnswered();
        Assert.Equal([1, 2, 3, 4, 5], Enumerable.Range(0, 5).Select(_ => (int)FromBob.ReceiveDigit(101).Code));
        Assert.Equal(0, Count(DigitDirection.ToRfc4733, isLost: true));
        End(a, b);
    }

    [Fact]
    public void What_a_stream_takes_along_that_is_removed_is_counted()
    {
        var (a, b) = Call();
        foreach (var key in "12345")
        {
            Press(a, key, 1000);
        }

        a.Invite(Alice.Sdp(2, null, "m=audio 0 RTP/AVP 8\r\n"));
        b.ExpectRequest("INVITE");
        b.Accept(Bob.Sdp(2, null, "m=audio 0 RTP/AVP 8\r\n"));
        a.ExpectAnswered();
        End(a, b);
        Assert.InRange(Count(DigitDirection.ToRfc4733, isLost: true), 4, 5);
    }

    [Fact]
    public void What_a_call_takes_along_that_ends_is_counted()
    {
        var (a, b) = Call();
        foreach (var key in "12345")
        {
            Press(a, key, 1000);
        }

        End(a, b);
        Assert.InRange(Count(DigitDirection.ToRfc4733, isLost: true), 4, 5);
    }
}
