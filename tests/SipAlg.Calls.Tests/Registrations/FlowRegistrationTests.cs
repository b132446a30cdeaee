namespace SipAlg.Calls.Tests.Registrations;

/// <summary>The flows of Outbound as their device registers them (RFC 5626 §4.2, §6).</summary>
public sealed class FlowRegistrationTests
{
    private const string Instance = "+sip.instance=\"<urn:uuid:1>\"";
    private const string First = $"Contact: <sip:a@10.0.0.1>;{Instance};reg-id=1";
    private const string Supported = "\nSupported: path, outbound";

    /// <summary>All of it is refused: one flow cannot be two.</summary>
    [Theory]
    [InlineData($"{First}, <sip:b@10.0.0.1>;{Instance};reg-id=2{Supported}", 400)]
    [InlineData($"{First}, <sip:b@10.0.0.1>{Supported}", 400)]
    [InlineData($"{First}, <sip:b@10.0.0.1>;expires=0{Supported}", 200)]
    [InlineData($"{First};expires=0, <sip:b@10.0.0.1>{Supported}", 200)]
    [InlineData($"{First}, <sip:b@10.0.0.1>", 200)]
    public void A_flow_is_registered_alone(string headers, int status)
    {
        var scene = new RegistrarScene();
        Assert.StartsWith($"SIP/2.0 {status} ", scene.Register(headers)!.StartLine, StringComparison.Ordinal);
        Assert.Equal(status == 200, scene.Standing().Length > 0);
    }

    /// <summary>Over UDP a device shows that its flow lives more often by itself (§4.4.2), and by a proxy the first hop is not here.</summary>
    [Theory]
    [InlineData(0, "", false)]
    [InlineData(7, "", true)]
    [InlineData(7, "\nPath: <sip:edge;lr;ob>", false)]
    public void How_often_a_flow_is_to_show_that_it_lives_is_told_over_a_connection(ulong connection, string path, bool isTold)
    {
        var answer = new RegistrarScene().Ok(First + Supported + path, connection: connection);
        Assert.Contains("\r\nRequire: outbound\r\n", answer.Text, StringComparison.Ordinal);
        Assert.Equal(isTold, answer.Text.Contains("\r\nFlow-Timer: 120\r\n", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Contact: <sip:a@10.0.0.2>")]
    [InlineData("")]
    public void Who_registers_no_flow_is_told_of_none_whatever_other_devices_have(string contact)
    {
        var scene = new RegistrarScene();
        scene.Ok(First + Supported);
        Assert.DoesNotContain("\r\nRequire", scene.Ok(contact + Supported, callId: "r2").Text, StringComparison.Ordinal);
    }
}
