using SipAlg.Calls.Calls;
using SipAlg.Signaling.Transports;
using SipAlg.Testing.Calls;
using SipAlg.Testing.Phones;

namespace SipAlg.Calls.Tests.Registrations;

/// <summary>Calls to phones that had registered by a connection before the gateway was started anew: the registration stands, the connection does not.</summary>
public sealed class RestoredTargetTests : UserTest
{
    private const string Private = "sip:anna@10.1.2.3:5062;transport=";
    private const string Public = "sip:anna@203.0.113.9:5062;transport=";
    private const string Outbound = ";+sip.instance=\"<urn:uuid:1>\";reg-id=1";

    private readonly FakeJournal _journal = new() { IsFast = true };

    protected override SceneOptions Options => base.Options with { Bindings = _journal, Realm = realm => SceneModel.Secured(base.Options.Realm(realm)) };

    /// <summary>A phone with a connection of its own, whose port is the system's choice.</summary>
    private ScriptedPhone Phone(Transport transport, ulong connection, string address = "203.0.113.9", ushort port = 0)
    {
        _journal.Registrar = Scene.Calls.Registrar!;
        port = port == 0 ? (ushort)(41_000 + connection) : port;
        return transport == Transport.Tls
            ? Scene.Secure("anna", SceneModel.Inside, address, port, connection)
            : Scene.Phone("anna", SceneModel.Inside, address, port, connection);
    }

    /// <summary>The lane forgets, and is told what the journal has, by which no connection is known.</summary>
    private void Restart()
    {
        var kept = _journal.Given.Values.ToArray();
        Forget();
        foreach (var binding in kept)
        {
            var (flow, _) = (binding.Flow, _journal.Keep(binding));
            _journal.Registrar.Restore(binding with { Flow = new Flow(flow.Transport, flow.Listener, flow.Local, flow.Remote) });
        }
    }

    private void IsNotRegistered(ScriptedPhone phone)
    {
        Bob.Call("anna").Expect(480);
        phone.ExpectNothing();
        Assert.Empty(Scene.Unclaimed);
    }

    /// <summary>It has connected anew, and its registration is the one that stood.</summary>
    private void RingsAgain(Transport transport, string contact)
    {
        var again = Phone(transport, connection: 9);
        Register(again, "anna", contact: contact);
        Assert.Equal(1, Scene.Calls.Registrar!.Active(SceneModel.Inside));
        var a = Bob.Call("anna");
        var b = again.ExpectCall();
        Assert.Equal(9u, b.Asked.Flow.Connection);
        Completes(a, b);
        Forget();
        Scene.End();
        Assert.Equal(CallCause.CallerHungUp, Scene.Journal.Ended[^1].Cause);
    }

    /// <summary>A phone has no certificate that it could be told by where we connect to it (TLS).</summary>
    [Theory]
    [InlineData(Transport.Tcp, Private)]
    [InlineData(Transport.Tls, Private)]
    [InlineData(Transport.Tls, Public)]
    public void A_phone_that_only_its_connection_leads_to_is_unavailable_until_it_has_connected_again(Transport transport, string contact)
    {
        contact += TransportNames.Text(transport);
        var phone = Phone(transport, connection: 7);
        Register(phone, "anna", contact: contact);
        Restart();
        Assert.Equal(1, Scene.Calls.Registrar!.Active(SceneModel.Inside));
        IsNotRegistered(phone);
        RingsAgain(transport, contact);
    }

    [Fact]
    public void A_phone_at_a_public_contact_is_tried_there_until_it_has_connected_again()
    {
        var phone = Phone(Transport.Tcp, connection: 7);
        var listening = Phone(Transport.Tcp, connection: 8, port: 5062);
        Register(phone, "anna", contact: Public + "tcp");
        Restart();
        var a = Bob.Call("anna");
        var b = listening.ExpectCall();
        Assert.Equal(0u, b.Asked.Flow.Connection);
        Completes(a, b);
        phone.ExpectNothing();
        RingsAgain(Transport.Tcp, Public + "tcp");
    }

    /// <summary>RFC 5626 §5.3: a flow is its connection, wherever its Contact is.</summary>
    [Fact]
    public void A_flow_of_outbound_has_ended_with_its_connection()
    {
        var phone = Phone(Transport.Tcp, connection: 7);
        Register(phone, "anna", Outbound, "Supported: outbound\r\n", Public + "tcp");
        Restart();
        IsNotRegistered(phone);
        Assert.Equal((0, 0), (Scene.Calls.Registrar!.Active(SceneModel.Inside), _journal.Given.Count));
        Scene.End();
    }

    /// <summary>RFC 5626 §5.1: the flow is the proxy's, which is reached by its name, whatever becomes of the connection that it sent the REGISTER by.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_flow_that_a_proxy_keeps_does_not_end_with_the_proxys_connection(bool isRestart)
    {
        var edge = Phone(Transport.Tcp, connection: 7, "127.91.0.71");
        var listening = Phone(Transport.Tcp, connection: 8, "127.91.0.71", 5060);
        Register(edge, "anna", Outbound, "Path: <sip:f1@127.91.0.71;transport=tcp;lr;ob>\r\nSupported: outbound, path\r\n", Private + "tcp");
        if (isRestart)
        {
            Restart();
        }
        else
        {
            Scene.Turn(() => Scene.Calls.OnConnectionClosed(edge.Flow));
        }

        Completes(Bob.Call("anna"), listening.ExpectCall());
        Forget();
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }
}
