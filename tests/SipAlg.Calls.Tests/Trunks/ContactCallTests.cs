using SipAlg.Calls.Model;
using SipAlg.Testing.Calls;
using SipAlg.Testing.Phones;

namespace SipAlg.Calls.Tests.Trunks;

/// <summary>Calls to the contact that nobody guesses: whose they are, and who is called.</summary>
public sealed class ContactCallTests : TrunkTest
{
    private CalledSource _calledFrom = CalledSource.BehindContact;

    protected override Peer Trunk(Peer peer) => base.Trunk(peer) with { CalledFrom = _calledFrom };

    private PhoneDialog CallTo(string contact, ScriptedPhone from, string to = "<sip:49301234@carrier.example>", string headers = "")
    {
        var dialog = from.Dialog();
        dialog.SetTarget(contact);
        dialog.SetTo(to);
        dialog.Invite(from.Sdp(), headers);
        return dialog;
    }

    private void Completes(PhoneDialog caller, string called)
    {
        var a = Alice.ExpectCall();
        Assert.StartsWith($"sip:{called}@", RequestUri(a.Asked), StringComparison.Ordinal);
        Assert.DoesNotContain(System.Text.Encoding.ASCII.GetString(Carrier.ContactUser), a.Asked.Text, StringComparison.Ordinal);
        a.Accept();
        caller.ExpectAnswered();
        HangUp(caller, a);
        Assert.Equal(("bob", called), (Scene.Journal.Ended[0].FromPeer, Scene.Journal.Ended[0].Called));
    }

    [Fact]
    public void To_says_who_is_called()
    {
        var contact = ContactOf(Registered());
        Completes(CallTo(contact, Bob), "49301234");
        End();
    }

    [Fact]
    public void P_Called_Party_ID_says_it_better()
    {
        var contact = ContactOf(Registered());
        Completes(CallTo(contact, Bob, headers: "P-Called-Party-ID: <sip:4930777@carrier.example>\r\n"), "4930777");
        End();
    }

    /// <summary>RFC 7044 §9.2: a registrar that is a proxy writes the contact that it has put into the Request-URI into the history.</summary>
    [Theory]
    [InlineData("History-Info: <sip:49301234@carrier.example>;index=1, <sip:contact@127.0.0.1:5060>;index=1.1;rc=1\r\n")]
    [InlineData("Diversion: <sip:contact@127.0.0.1:5060>;reason=unconditional\r\n")]
    [InlineData("P-Called-Party-ID: <sip:contact@127.0.0.1:5060>\r\n")]
    [InlineData("Reply-To: <sip:%63ontact@127.0.0.1:5060>\r\n")]
    public void Who_is_called_does_not_learn_the_contact(string header)
    {
        var contact = ContactOf(Registered());
        var user = System.Text.Encoding.ASCII.GetString(Carrier.ContactUser);
        header = header.Replace("%63ontact", $"%{(int)user[0]:x2}{user[1..]}", StringComparison.Ordinal).Replace("contact", user, StringComparison.Ordinal);
        var caller = CallTo(contact, Bob, headers: header);
        var called = Alice.ExpectCall();
        Assert.DoesNotContain(user[1..], called.Asked.Text, StringComparison.Ordinal);
        if (header.StartsWith("History-Info", StringComparison.Ordinal))
        {
            Assert.EndsWith(", <sip:anonymous@anonymous.invalid>;index=1.1;rc=1", called.Asked.Header(Protocol.Sip.HeaderId.HistoryInfo), StringComparison.Ordinal);
        }

        called.Accept();
        caller.ExpectAnswered();
        HangUp(caller, called);
        End();
    }

    [Theory]
    [InlineData("<sip:carrier.example>")]
    [InlineData("<sip:contact@carrier.example>")]
    public void Where_nothing_says_it_the_address_of_record_is_called(string to)
    {
        var contact = ContactOf(Registered());
        Completes(CallTo(contact, Bob, to.Replace("contact", System.Text.Encoding.ASCII.GetString(Carrier.ContactUser), StringComparison.Ordinal)), "4711");
        End();
    }

    /// <summary>Carriers that send the number in spite of the contact.</summary>
    [Fact]
    public void A_Request_URI_that_is_not_the_contact_says_it_itself()
    {
        Registered();
        Completes(CallTo($"sip:4930888@{Scene.Model.OutsideAddress}:5060", Bob), "4930888");
        End();
    }

    /// <summary>Only the registrar knows the contact: who calls it is the peer, wherever from, and goes on from there.</summary>
    [Fact]
    public void Who_knows_it_is_the_peer_from_any_source()
    {
        var contact = ContactOf(Registered());
        var elsewhere = Scene.Phone("elsewhere", SceneModel.Outside, "127.92.0.77", 5060);
        Completes(CallTo(contact, elsewhere), "49301234");
        End();
    }

    [Fact]
    public void From_another_realm_it_is_unknown()
    {
        var contact = ContactOf(Registered());
        var stranger = Scene.Phone("stranger", SceneModel.Inside, "127.91.0.77", 5060);
        CallTo(contact, stranger).Expect(403);
        End();
    }

    [Fact]
    public void Who_guesses_is_a_stranger()
    {
        Registered();
        var stranger = Scene.Phone("stranger", SceneModel.Outside, "127.92.0.77", 5060);
        CallTo($"sip:0123456789abcdef01234567@{Scene.Model.OutsideAddress}", stranger).Expect(403);
        End();
    }
}

/// <summary>Calls to a contact that the configuration names, which anybody may guess.</summary>
public sealed class WrittenContactTests : TrunkTest
{
    protected override string ContactUser => "t4711";

    [Fact]
    public void It_is_registered_as_written()
    {
        Assert.Equal($"sip:t4711@{Scene.Model.OutsideAddress}:5060", ContactOf(Registered()));
        End();
    }

    [Fact]
    public void It_proves_nothing_of_its_source()
    {
        var contact = ContactOf(Registered());
        var stranger = Scene.Phone("stranger", SceneModel.Outside, "127.92.0.77", 5060);
        var call = stranger.Dialog();
        call.SetTarget(contact);
        call.Invite(stranger.Sdp());
        call.Expect(403);
        End();
    }
}

/// <summary>Two accounts with one carrier: it calls from one source, and the contact says for which.</summary>
public sealed class SharedCarrierTests : TrunkTest
{
    protected override SceneOptions Options => base.Options with
    {
        Peer = peer => peer.Name is "bob" or "carol"
            ? Trunk(peer) with
            {
                Address = new PeerAddress { Host = SceneModel.BobAddress, Ip = Protocol.Addresses.IpAddress.Parse(SceneModel.BobAddress), Port = 5060 },
                AcceptFrom = [new(Protocol.Addresses.IpAddress.Parse(SceneModel.BobAddress), 32)],
                Register = new PeerRegistration(Parse($"sip:{peer.Name}@carrier.example"), TimeSpan.FromMinutes(10), "t" + peer.Name),
            }
            : peer,
    };

    [Theory]
    [InlineData("bob")]
    [InlineData("carol")]
    public void The_contact_tells_them_apart(string account)
    {
        Begin();
        Grant(NextRegister(1000).Register);
        Grant(NextRegister(1000).Register);
        var call = Bob.Dialog();
        call.SetTarget($"sip:t{account}@{Scene.Model.OutsideAddress}");
        call.Invite(Bob.Sdp());
        var a = Alice.ExpectCall();
        a.Accept();
        call.ExpectAnswered();
        HangUp(call, a);
        Assert.Equal(account, Scene.Journal.Ended[0].FromPeer);
        Stop();
        Answer(Bob.ExpectRequest("REGISTER"), 200);
        Answer(Bob.ExpectRequest("REGISTER"), 200);
        Scene.End();
    }
}
