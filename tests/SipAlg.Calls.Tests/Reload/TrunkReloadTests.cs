using SipAlg.Calls.Model;
using SipAlg.Calls.Tests.Trunks;
using SipAlg.Protocol.Addresses;
using SipAlg.Protocol.Sip;
using SipAlg.Testing.Calls;

namespace SipAlg.Calls.Tests.Reload;

/// <summary>Registrations with carriers and pings, when the peers change.</summary>
public sealed class TrunkReloadTests : TrunkTest
{
    private GatewayModel Gateway => Scene.Model.Gateway;
    private Peer Carrier4711 => Scene.Model.Bob;

    [Fact]
    public void What_has_not_changed_is_not_told()
    {
        Registered();

        Scene.Take(Gateway);

        Bob.ExpectNothing();
        Assert.True(IsRegistered);
        End();
    }

    [Fact]
    public void A_change_that_the_registrar_does_not_see_is_not_told_to_it()
    {
        var first = Registered();

        var peers = Scene.Take(Gateway.With(Carrier4711 with { Limits = new PeerLimits(5, null), Register = Carrier4711.Register! with { Expires = TimeSpan.FromMinutes(5) } }));

        Bob.ExpectNothing();
        Assert.True(peers[1].Registration!.IsRegistered(Scene.Harness.Time));
        var (_, refresh) = NextRegister(480_000);
        Assert.Equal((ContactOf(first), first.Header(HeaderId.CallId), 300), (ContactOf(refresh), refresh.Header(HeaderId.CallId), ExpiresOf(refresh)));
        Grant(refresh, 300);
        Assert.True(peers[1].Registration!.IsRegistered(Scene.Harness.Time));
        End();
    }

    /// <summary>Calls would come to where nobody is: the registrar is told at once, and to forget the old contact (RFC 3261 §10.2.2).</summary>
    [Fact]
    public void Another_address_of_ours_is_told_at_once()
    {
        var first = Registered();
        var realm = Gateway.Realms[SceneModel.Outside];

        Scene.Take(Gateway with { Realms = Gateway.Realms.SetItem(realm.Index, realm with { Advertise = new AdvertiseRule { V4 = IpAddress.Parse("203.0.113.9") } }) });

        var told = Bob.ExpectRequest("REGISTER");
        Assert.StartsWith("<sip:", told.Header(HeaderId.Contact), StringComparison.Ordinal);
        Assert.Contains("@203.0.113.9:5060>;expires=", told.Header(HeaderId.Contact), StringComparison.Ordinal);
        Assert.EndsWith($", <{ContactOf(first)}>;expires=0", told.Header(HeaderId.Contact), StringComparison.Ordinal);
        Grant(told, 600);
        Assert.True(IsRegistered);
        var (_, refresh) = NextRegister(480_000);
        Assert.DoesNotContain("expires=0", refresh.Header(HeaderId.Contact), StringComparison.Ordinal);
        Grant(refresh, 600);
        End();
    }

    [Fact]
    public void Other_credentials_are_used_from_the_next_challenge_on()
    {
        Registered();

        Scene.Take(Gateway.With(Carrier4711 with { Credentials = [new PeerCredentials("other", null, Password)] }));

        var (_, refresh) = NextRegister(480_000);
        Answer(refresh, 401, Challenge("n1"));
        Assert.Contains("username=\"other\"", Bob.ExpectRequest("REGISTER").Header(HeaderId.Authorization), StringComparison.Ordinal);
        End();
    }

    /// <summary>Who has mended what the registrar refused does not wait for what a refusal is worth, which may be an hour.</summary>
    [Fact]
    public void A_registration_that_was_refused_is_tried_at_once_as_it_is_written_now()
    {
        Answer(Begun(), 403);
        Scene.Take(Gateway);
        Scene.Advance(10_000);
        Bob.ExpectNothing();

        Scene.Take(Gateway.With(Carrier4711 with { Credentials = [new PeerCredentials("other", null, Password)] }));

        Answer(NextRegister(3100).Register, 401, Challenge("n1"));
        var register = Bob.ExpectRequest("REGISTER");
        Assert.Contains("username=\"other\"", register.Header(HeaderId.Authorization), StringComparison.Ordinal);
        Grant(register);
        End();
    }

    [Fact]
    public void The_registration_with_a_removed_peer_is_taken_back()
    {
        var first = Registered();

        Scene.Take(Gateway.Without(Carrier4711));

        var removal = Bob.ExpectRequest("REGISTER");
        Assert.Equal((ContactOf(first), 0), (ContactOf(removal), ExpiresOf(removal)));
        Answer(removal, 200);
        Scene.Advance(700_000);
        Bob.ExpectNothing();
        Assert.Equal(0, Scene.Calls.Trunks.Ending);
        Scene.End();
    }

    [Fact]
    public void Another_address_of_record_is_another_registration()
    {
        Registered();

        Scene.Take(Gateway.With(Carrier4711 with { Register = new PeerRegistration(Parse("sip:4712@carrier.example"), TimeSpan.FromMinutes(10), null) }));

        var removal = Bob.ExpectRequest("REGISTER");
        Assert.Equal(("<sip:4711@carrier.example>", 0), (removal.Header(HeaderId.To), ExpiresOf(removal)));
        Answer(removal, 200);
        var (_, next) = NextRegister(1000);
        Assert.Equal(("<sip:4712@carrier.example>", 600), (next.Header(HeaderId.To), ExpiresOf(next)));
        Grant(next);
        End();
    }

    [Fact]
    public void A_new_peer_is_registered_with()
    {
        Begin();
        Grant(NextRegister(1000).Register);

        Scene.Take(Gateway.With(Scene.Model.Carol with { Register = new PeerRegistration(Parse("sip:5@carol.example"), TimeSpan.FromMinutes(10), "five") }));

        var (_, register) = NextRegister(1000, Carol);
        Assert.Equal("<sip:5@carol.example>", register.Header(HeaderId.To));
        Grant(register, from: Carol);
        Stop();
        Answer(Bob.ExpectRequest("REGISTER"), 200);
        Answer(Carol.ExpectRequest("REGISTER"), 200, from: Carol);
        Scene.End();
    }
}
