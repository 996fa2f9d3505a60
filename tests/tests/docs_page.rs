//! The page at `/docs` in a real Chromium: reading the API, and trying it.

use std::path::Path;

use order_status_proto::v1::{Order, UpdateOrderRequest};
use order_status_tests::browser::Browser;
use order_status_tests::http::Call;
use order_status_tests::{Caller, Config, Server};

/// The answer of a call that was sent from the page.
const ANSWER: &str = "//section[@class='answer']//code[@class='body']";

async fn demo() -> Server {
    Server::start(Config {
        demo: true,
        ..Config::default()
    })
    .await
}

/// Opens a method with a demo key in place and sends its example.
async fn try_get_order(browser: &Browser, server: &Server) {
    browser
        .go(&format!("http://{}/docs", server.http_address()))
        .await;
    browser.type_into("//input[@id='key']", "demo-staff").await;
    browser
        .type_into("//input[@id='search']", "get order as it was")
        .await;
    browser.click("//nav//a[span='GetOrder']").await;
    let id = "//label[span[contains(., 'id')]]/input[@data-name='id']";
    assert_eq!(
        browser
            .run("return document.querySelector('[data-name=id]').value")
            .await,
        "5"
    );
    // At the end of the field, after what stands there.
    browser.type_into(id, "\u{e003}1").await;
    browser.click("//button[text()='Send']").await;
    browser
        .text("//p[@class='status']/strong[text()='200 OK']")
        .await;
}

#[tokio::test]
async fn an_order_is_found_and_read_with_a_key_and_nothing_is_amiss() {
    let server = demo().await;
    let browser = Browser::open(1360, 920).await;
    try_get_order(&browser, &server).await;
    let answer: serde_json::Value = serde_json::from_str(&browser.text(ANSWER).await).unwrap();
    assert_eq!(answer["id"], "1");
    assert_eq!(answer["number"], "S-0001");
    assert_eq!(answer["state"]["title"], "New");

    // The same call as commands, without the key, which is in no address either.
    let curl = browser.text("//details[summary='curl']//code").await;
    assert!(
        curl.contains(&format!("http://{}/v1/orders/1", server.http_address())),
        "{curl}"
    );
    browser.click("//summary[text()='grpcurl']").await;
    let grpcurl = browser.text("//details[summary='grpcurl']//code").await;
    assert!(grpcurl.contains(r#"'{"id":"1"}'"#), "{grpcurl}");
    assert!(
        grpcurl.contains("orderstatus.v1.OrderService/GetOrder"),
        "{grpcurl}"
    );
    let address = browser.run("return location.href").await;
    assert_eq!(
        address,
        format!(
            "http://{}/docs#OrderService_GetOrder",
            server.http_address()
        )
    );
    for told in [curl, grpcurl, address.to_string()] {
        assert!(!told.contains("demo-staff"), "{told}");
    }
    assert_eq!(browser.console().await, Vec::<String>::new());

    // As somebody sees it who came here by the list.
    browser.click("//summary[text()='grpcurl']").await;
    let tidy = "const search = document.getElementById('search'); search.value = ''; \
                search.dispatchEvent(new Event('input')); document.activeElement.blur(); \
                document.querySelector('.attempt').scrollTop = 0;";
    browser.run(tidy).await;
    let picture = browser.picture().await;
    assert!(picture.starts_with(b"\x89PNG"));
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    std::fs::write(folder.join("docs.png"), picture).unwrap();
}

#[tokio::test]
async fn what_an_answer_holds_is_shown_as_text() {
    let server = demo().await;
    let markup = "<img src=x onerror=document.title='run'><script>document.title='run'</script>";
    let caller = Caller::new(server.channel().await, "demo-staff");
    let request = UpdateOrderRequest {
        order: Some(Order {
            id: 1,
            notes: markup.to_owned(),
            ..Order::default()
        }),
        ..UpdateOrderRequest::default()
    };
    caller.orders().update_order(request).await.unwrap();
    let browser = Browser::open(1280, 860).await;
    try_get_order(&browser, &server).await;
    assert!(browser.text(ANSWER).await.contains("<img src=x onerror="));
    let made = "return document.querySelectorAll('main img, main script').length";
    assert_eq!(browser.run(made).await, 0);
    let title = browser.run("return document.title").await;
    assert_eq!(title, "GetOrder · Order Status API");
}

#[tokio::test]
async fn the_policy_keeps_out_what_did_not_come_from_here() {
    let server = demo().await;
    let address = server.http_address();
    for path in ["/docs", "/docs/", "/docs/start.js", "/docs/style.css"] {
        let answer = Call::new(address, "GET", path).send().await;
        assert_eq!(answer.status, 200, "{path}");
        let header = |name: &str| answer.header(name).unwrap_or_default();
        let policy = header("content-security-policy");
        for rule in [
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "connect-src 'self'",
            "img-src 'self'",
            "form-action 'none'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
        ] {
            assert!(
                policy.split("; ").any(|one| one == rule),
                "{path}: {policy}"
            );
        }
        assert_eq!(header("x-content-type-options"), "nosniff");
        assert_eq!(header("referrer-policy"), "no-referrer");
    }
    let elsewhere = Call::new(address, "GET", "/docs/../Cargo.toml");
    assert_eq!(elsewhere.send().await.status, 404);

    let browser = Browser::open(1280, 860).await;
    browser.go(&format!("http://{address}/docs")).await;
    browser.text("//h1[text()='Order Status']").await;
    assert_eq!(browser.console().await, Vec::<String>::new());
    let inline = "const made = document.createElement('script'); made.textContent = 'window.ran = true'; \
                  document.body.append(made); return window.ran === true";
    assert_eq!(browser.run(inline).await, false);
    let said = browser.console().await;
    assert!(
        said.iter()
            .any(|line| line.contains("Content Security Policy")),
        "{said:?}"
    );
}

#[tokio::test]
async fn the_page_works_by_keyboard_in_a_narrow_window() {
    let server = demo().await;
    let browser = Browser::open(500, 800).await;
    let page = format!(
        "http://{}/docs#OrderService_ConfirmOrder",
        server.http_address()
    );
    browser.go(&page).await;
    browser.text("//h1[text()='ConfirmOrder']").await;
    let wide = "return document.documentElement.scrollWidth > innerWidth";
    assert_eq!(browser.run(wide).await, false);
    // A slash opens the search, and Enter goes to the first method found.
    browser.type_into("//body", "/").await;
    browser
        .type_into("//input[@id='search']", "cancel\u{e007}")
        .await;
    browser.text("//h1[text()='CancelOrder']").await;
    assert_eq!(
        browser.run("return document.activeElement.tagName").await,
        "H1"
    );
    assert_eq!(browser.console().await, Vec::<String>::new());
}
