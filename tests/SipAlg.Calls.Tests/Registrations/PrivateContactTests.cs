using SipAlg.Protocol.Sip;

namespace SipAlg.Calls.Tests.Registrations;

/// <summary>Two phones of one user, each behind a NAT of its own, with the same private address (docs/decisions/0082).</summary>
public sealed class PrivateContactTests
{
    private const string Contact = "Contact: <sip:alice@192.168.1.5:5060>";
    private const string Private = "192.168.1.5";
    private const string Home = "203.0.113.5:40001";
    private const string Office = "198.51.100.7:40002";

    private readonly RegistrarScene _scene = new();

    private int Register(string from, string callId, uint cseq = 1, string headers = Contact, string via = Private)
    {
        _scene.Ok(headers, cseq, callId, remote: from, via: via);
        return _scene.Standing().Length;
    }

    [Fact]
    public void Each_is_registered_refreshed_and_removed_for_itself()
    {
        Assert.Equal(1, Register(Home, "home"));
        Assert.Equal(2, Register(Office, "office"));
        Assert.Equal(2, Register(Home, "home", 2));
        Assert.Equal(2, Register(Office, "office", 2));
        Assert.Equal(1, Register(Home, "home", 3, $"{Contact};expires=0"));
        Assert.Equal(Office, _scene.Registrar.RecordOf(Only()).Flow.Remote.ToString());
        Assert.Equal(1, Register(Office, "office", 3));
        Assert.Equal(0, Register(Office, "office", 4, $"{Contact};expires=0"));
    }

    /// <summary>The network of the gateway itself may have the same addresses as the one at home: the phone in it has no NAT before it.</summary>
    [Fact]
    public void One_beside_the_gateway_is_another_one_too()
    {
        const string Beside = $"{Private}:5060";
        Assert.Equal(1, Register(Beside, "office"));
        Assert.Equal(2, Register(Home, "home"));
        Assert.Equal(2, Register(Beside, "office", 2));
        Assert.Equal(2, Register(Home, "home", 2));
        Assert.Equal(1, Register(Beside, "office", 3, $"{Contact};expires=0"));
        Assert.Equal(Home, _scene.Registrar.RecordOf(Only()).Flow.Remote.ToString());
        Assert.Equal(2, Register(Beside, "office", 4));
    }

    /// <summary>It is the same phone: where it was before is forgotten.</summary>
    [Theory]
    [InlineData("home", Office, "")]
    [InlineData("anew", "203.0.113.5:50009", "")]
    [InlineData("anew", Office, ";+sip.instance=\"<urn:uuid:1>\"")]
    public void A_phone_that_has_moved_or_begun_anew_has_one(string callId, string from, string instance)
    {
        Register(Home, "home", headers: Contact + instance);
        Assert.Equal(1, Register(from, callId, 2, Contact + instance));
        Assert.Equal(from, _scene.Registrar.RecordOf(Only()).Flow.Remote.ToString());
    }

    /// <summary>Then its address is what it says, wherever it comes from.</summary>
    [Theory]
    [InlineData("203.0.113.99", true)]
    [InlineData(Private, false)]
    public void Without_nat_a_contact_is_one(string via, bool isNatAware)
    {
        _scene.IsNatAware = isNatAware;
        Register(Home, "home", via: via);
        Assert.Equal(1, Register(Office, "office", via: via));
    }

    /// <summary>A phone takes the first contact with its URI for its own.</summary>
    [Fact]
    public void Each_is_told_of_its_own_alone()
    {
        Register(Home, "home", headers: $"{Contact};expires=60");
        Register(Office, "office", headers: $"{Contact};expires=3600");
        Assert.Equal($"{Contact[9..]};expires=60", _scene.Ok($"{Contact};expires=60", 2, "home", Home, via: Private).Header(HeaderId.Contact));
        Assert.Null(_scene.Ok($"{Contact};expires=0", 3, "home", Home, via: Private).Header(HeaderId.Contact));
        Assert.Equal($"{Contact[9..]};expires=3600", _scene.Ok("", 4, "query", Home, via: Private).Header(HeaderId.Contact));
    }

    private int Only()
    {
        var slot = _scene.Registrar.Bindings.First("alice@example.com"u8);
        Assert.Equal(-1, _scene.Registrar.Bindings.Next(slot, "alice@example.com"u8));
        return slot;
    }
}
