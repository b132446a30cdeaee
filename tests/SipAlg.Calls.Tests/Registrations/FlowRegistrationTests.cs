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
}
