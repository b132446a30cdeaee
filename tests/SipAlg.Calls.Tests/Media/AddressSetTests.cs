using System.Text;
using SipAlg.Calls.Model;
using SipAlg.Calls.Tests.Calls;
using SipAlg.Protocol.Addresses;
using SipAlg.Testing.Calls;
using SipAlg.Testing.Lanes;
using SipAlg.Testing.Phones;

namespace SipAlg.Calls.Tests.Media;

/// <summary>A realm with several addresses of one family for its media: each has ports of its own.</summary>
public sealed class AddressSetTests : CallTest, IDisposable
{
    private const int Pairs = 6;
    private const string Second = "127.62.7.2";
    private const string Shown = "203.0.113.2";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private string _shown = "";

    protected override SceneOptions Options => new()
    {
        MediaPairs = Pairs,
        Realm = realm => realm.Index != SceneModel.Inside ? realm with { Media = realm.Media with { LastPort = (ushort)(realm.Media.FirstPort + 99) } } : realm with
        {
            Media = realm.Media with
            {
                BindV4 = realm.Listen[0].Endpoint.Address,
                BindV6 = IpAddress.Parse("::1"),
                Further = [new MediaSet(IpAddress.Parse(Second), default, _shown.Length == 0 ? default : IpAddress.Parse(_shown), default)],
            },
        },
    };

    private static string Body(SentMessage sent) => Encoding.UTF8.GetString(sent.Parse().BodyOctets);

    private (PhoneDialog A, PhoneDialog B, string Body) Talk(string? offer = null)
    {
        var a = Alice.Call(body: offer);
        var b = Bob.ExpectCall();
        b.Accept();
        return (a, b, Body(a.ExpectAnswered()));
    }

    private static string Address(string body) => body.Split("c=IN IP4 ")[1].Split("\r\n")[0];

    private static int Port(string body) => int.Parse(body.Split("m=audio ")[1].Split(' ')[0]);

    /// <summary>As many calls as both have ports, and not one of them fails: none is tried where there is no port.</summary>
    [Fact]
    public void Calls_are_spread_by_lot_over_all_ports_of_all_addresses()
    {
        var calls = Enumerable.Range(0, 2 * Pairs).Select(_ => Talk()).ToArray();
        var ports = calls.Select(call => (Address: Address(call.Body), Port: Port(call.Body))).ToArray();
        Assert.Equal(2 * Pairs, ports.Distinct().Count());
        Assert.Equal(Pairs, ports.Count(port => port.Address == Second));
        Assert.Equal(Pairs, ports.Count(port => port.Address == Scene.Model.InsideAddress));
        Assert.Equal(Pairs, ports.Select(port => port.Port).Distinct().Count());
        Alice.Call().Expect(503);
        foreach (var (a, b, _) in calls)
        {
            HangUp(a, b);
        }

        Scene.End();
    }

    [Fact]
    public void All_streams_of_a_call_are_at_one_address_and_flow()
    {
        using var alice = Sockets.On(SceneModel.AliceAddress);
        using var bob = Sockets.On(SceneModel.BobAddress);
        var seen = new HashSet<string>();
        for (var calls = 0; seen.Count < 2 && calls < 100; calls++)
        {
            var a = Alice.Call(body: Alice.Sdp(port: Sockets.Port(alice), media: "m=video 4002 RTP/AVP 96\r\n"));
            var b = Bob.ExpectCall();
            b.Accept(Bob.Sdp(port: Sockets.Port(bob), media: "m=video 4002 RTP/AVP 96\r\n"));
            var body = Body(a.ExpectAnswered());
            Assert.Single(body.Split("\r\n"), line => line.StartsWith("c=", StringComparison.Ordinal));
            seen.Add(Address(body));
            var (inside, outside) = (Sockets.Endpoint(Address(body), body), Sockets.Endpoint(Scene.Model.OutsideAddress, Body(b.Asked)));
            Sockets.Crosses(alice, inside, bob, outside);
            Sockets.Crosses(bob, outside, alice, inside);
            HangUp(a, b);
            Assert.True(SpinWait.SpinUntil(() => Scene.PortsInUse == 0, Patience));
        }

        Assert.Equal(2, seen.Count);
        Scene.End();
    }

    [Fact]
    public void Each_has_what_is_shown_of_it()
    {
        _shown = Shown;
        var seen = new HashSet<string>();
        for (var calls = 0; seen.Count < 2 && calls < 100; calls++)
        {
            var (a, b, body) = Talk();
            seen.Add(Address(body));
            HangUp(a, b);
            Assert.True(SpinWait.SpinUntil(() => Scene.PortsInUse == 0, Patience));
        }

        Assert.Equal([Shown, Scene.Model.InsideAddress], seen.Order(StringComparer.Ordinal).Reverse());
        Scene.End();
    }

    /// <summary>An address of the other family that has no fellow is there for all.</summary>
    [Fact]
    public void Who_receives_in_the_other_family_is_served_from_any_of_them()
    {
        for (var calls = 0; calls < 8; calls++)
        {
            var (a, b, body) = Talk(Alice.Sdp().Replace($"c=IN IP4 {SceneModel.AliceAddress}", "c=IN IP6 ::1", StringComparison.Ordinal));
            Assert.Contains("c=IN IP6 ::1\r\n", body, StringComparison.Ordinal);
            HangUp(a, b);
            Assert.True(SpinWait.SpinUntil(() => Scene.PortsInUse == 0, Patience));
        }

        Scene.End();
    }
}
