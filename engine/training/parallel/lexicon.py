"""Words in three languages, one entry a line: English, Spanish, Chinese.

Spanish nouns stand with their article, which tells the gender; Chinese nouns with their measure
word. Where a form is not regular it stands behind a slash: "tooth/teeth".
"""

NOUNS: dict[str, str] = {
    "thing": """
        phone | el teléfono | 部 手机
        key | la llave | 把 钥匙
        wallet | la cartera | 个 钱包
        camera | la cámara | 台 相机
        computer | la computadora | 台 电脑
        book | el libro | 本 书
        newspaper | el periódico | 份 报纸
        letter | la carta | 封 信
        umbrella | el paraguas | 把 雨伞
        suitcase | la maleta | 个 行李箱
        ticket | el billete | 张 票
        lamp | la lámpara | 盏 灯
        table | la mesa | 张 桌子
        chair | la silla | 把 椅子
        bicycle | la bicicleta | 辆 自行车
        radio | la radio | 台 收音机
        picture | la foto | 张 照片
        watch | el reloj | 块 手表
        knife | el cuchillo | 把 刀
        mirror | el espejo | 面 镜子
        pencil | el lápiz | 支 铅笔
        hammer | el martillo | 把 锤子
        blanket | la manta | 条 毯子""",
    "clothes": """
        shirt | la camisa | 件 衬衫
        jacket | la chaqueta | 件 夹克
        coat | el abrigo | 件 大衣
        hat | el sombrero | 顶 帽子
        dress | el vestido | 条 连衣裙
        skirt | la falda | 条 裙子
        sweater | el suéter | 件 毛衣
        scarf | la bufanda | 条 围巾
        belt | el cinturón | 条 腰带""",
    "place": """
        station | la estación | 个 车站
        airport | el aeropuerto | 个 机场
        hospital | el hospital | 家 医院
        bank | el banco | 家 银行
        library | la biblioteca | 个 图书馆
        museum | el museo | 个 博物馆
        hotel | el hotel | 家 酒店
        school | la escuela | 所 学校
        market | el mercado | 个 市场
        office | la oficina | 个 办公室
        park | el parque | 个 公园
        restaurant | el restaurante | 家 餐馆
        cinema | el cine | 家 电影院
        pharmacy | la farmacia | 家 药店
        bakery | la panadería | 家 面包店
        beach | la playa | 个 海滩
        church | la iglesia | 座 教堂
        theatre | el teatro | 个 剧院
        bridge | el puente | 座 桥
        river | el río | 条 河
        castle | el castillo | 座 城堡
        harbour | el puerto | 个 港口""",
    "room": """
        kitchen | la cocina | 个 厨房
        bathroom | el baño | 个 浴室
        bedroom | el dormitorio | 个 卧室
        garden | el jardín | 个 花园
        garage | el garaje | 个 车库
        hall | el pasillo | 个 大厅
        cellar | el sótano | 个 地下室""",
    "animal": """
        dog | el perro | 只 狗
        cat | el gato | 只 猫
        horse | el caballo | 匹 马
        bird | el pájaro | 只 鸟
        cow | la vaca | 头 奶牛
        sheep/sheep | la oveja | 只 羊
        duck | el pato | 只 鸭子
        rabbit | el conejo | 只 兔子
        mouse/mice | el ratón | 只 老鼠
        elephant | el elefante | 头 大象
        tiger | el tigre | 只 老虎""",
    "person": """
        mother | la madre | 位 妈妈
        father | el padre | 位 爸爸
        sister | la hermana | 个 姐姐
        brother | el hermano | 个 哥哥
        daughter | la hija | 个 女儿
        son | el hijo | 个 儿子
        wife | la esposa | 位 妻子
        husband | el esposo | 位 丈夫
        doctor | el médico | 位 医生
        teacher | el profesor | 位 老师
        friend | el amigo | 位 朋友
        neighbour | el vecino | 位 邻居
        boss | el jefe | 位 老板
        uncle | el tío | 位 叔叔
        aunt | la tía | 位 阿姨
        cousin | el primo | 个 表哥""",
    "job": """
        driver | el conductor | 名 司机
        nurse | la enfermera | 名 护士
        farmer | el agricultor | 名 农民
        waiter | el camarero | 名 服务员
        lawyer | el abogado | 名 律师
        student | el estudiante | 名 学生
        baker | el panadero | 名 面包师
        singer | el cantante | 名 歌手
        writer | el escritor | 名 作家""",
    "fruit": """
        apple | la manzana | 个 苹果
        banana | el plátano | 根 香蕉
        orange | la naranja | 个 橙子
        lemon | el limón | 个 柠檬
        grape | la uva | 颗 葡萄
        pear | la pera | 个 梨
        cherry/cherries | la cereza | 颗 樱桃
        tomato/tomatoes | el tomate | 个 西红柿
        potato/potatoes | la patata | 个 土豆
        onion | la cebolla | 个 洋葱
        carrot | la zanahoria | 根 胡萝卜
        egg | el huevo | 个 鸡蛋""",
    "food": """
        bread | el pan | 块 面包
        butter | la mantequilla | 块 黄油
        cheese | el queso | 块 奶酪
        milk | la leche | 杯 牛奶
        rice | el arroz | 碗 米饭
        soup | la sopa | 碗 汤
        salad | la ensalada | 份 沙拉
        chicken | el pollo | 份 鸡肉
        fish | el pescado | 份 鱼
        beef | la carne de res | 份 牛肉
        pasta | la pasta | 份 意大利面
        sugar | el azúcar | 份 糖
        salt | la sal | 份 盐
        honey | la miel | 份 蜂蜜
        chocolate | el chocolate | 块 巧克力
        cake | el pastel | 块 蛋糕
        yoghurt | el yogur | 杯 酸奶
        ham | el jamón | 份 火腿""",
    "drink": """
        coffee | el café | 杯 咖啡
        tea | el té | 杯 茶
        water | el agua | 杯 水
        juice | el zumo | 杯 果汁
        wine | el vino | 杯 葡萄酒
        beer | la cerveza | 杯 啤酒
        lemonade | la limonada | 杯 柠檬水""",
    "pack": """
        bottle | la botella | 个 瓶
        cup | la taza | 个 杯
        glass/glasses | el vaso | 个 杯
        bag | la bolsa | 个 袋
        box/boxes | la caja | 个 盒""",
    "vehicle": """
        train | el tren | 列 火车
        bus/buses | el autobús | 辆 公交车
        taxi | el taxi | 辆 出租车
        boat | el barco | 艘 船
        plane | el avión | 架 飞机
        car | el coche | 辆 汽车""",
    "meeting": """
        meeting | la reunión | 个 会议
        lesson | la clase | 节 课
        concert | el concierto | 场 音乐会
        party | la fiesta | 个 聚会
        interview | la entrevista | 次 面试
        lunch | el almuerzo | 顿 午餐
        dinner | la cena | 顿 晚餐""",
    "topic": """
        budget | el presupuesto | 个 预算
        report | el informe | 份 报告
        project | el proyecto | 个 项目
        plan | el plan | 个 计划
        contract | el contrato | 份 合同""",
    "body": """
        head | la cabeza | 个 头
        back | la espalda | 个 背
        arm | el brazo | 个 胳膊
        leg | la pierna | 条 腿
        hand | la mano | 只 手
        foot | el pie | 只 脚
        knee | la rodilla | 个 膝盖
        tooth | el diente | 颗 牙""",
    "unit": """
        minute | el minuto |  分钟
        hour | la hora | 个 小时
        day | el día |  天
        week | la semana | 个 星期
        month | el mes | 个 月
        year | el año |  年""",
    "measure": """
        metre | el metro |  米
        mile | la milla |  英里
        kilometre | el kilómetro |  公里""",
    "season": """
        spring | la primavera |  春天
        summer | el verano |  夏天
        autumn | el otoño |  秋天
        winter | el invierno |  冬天""",
    "money": """
        dollar | el dólar |  美元
        euro | el euro |  欧元
        pound | la libra |  英镑""",
}

ADJECTIVES: dict[str, str] = {
    "colour": """
        red | rojo | 红色
        blue | azul | 蓝色
        green | verde | 绿色
        yellow | amarillo | 黄色
        black | negro | 黑色
        white | blanco | 白色
        brown | marrón | 棕色
        grey | gris | 灰色
        purple | morado | 紫色
        pink | rosado | 粉色""",
    "size": """
        small | pequeño | 小
        large | grande | 大
        long | largo | 长
        short | corto | 短
        heavy | pesado | 重
        light | ligero | 轻""",
    "quality": """
        new | nuevo | 新
        old | viejo | 旧
        cheap | barato | 便宜
        expensive | caro | 贵
        clean | limpio | 干净
        dirty | sucio | 脏
        beautiful | bonito | 漂亮
        broken | roto | 坏""",
    "worth": """
        new | nuevo | 新
        old | viejo | 旧
        cheap | barato | 便宜
        expensive | caro | 贵
        beautiful | bonito | 漂亮""",
    "state": """
        clean | limpio | 很干净
        dirty | sucio | 很脏
        broken | roto | 坏了""",
    "mood": """
        happy | contento | 高兴
        tired | cansado | 累
        busy | ocupado | 忙
        angry | enfadado | 生气
        hungry | hambriento | 饿
        thirsty | sediento | 渴""",
    "poss": """
        my | mi | 我的
        your | tu | 你的
        his | su | 他的
        her | su | 她的
        our | nuestro | 我们的
        their | su | 他们的""",
}

PLAIN: dict[str, str] = {
    "name": """
        anna | anna | 安娜
        peter | peter | 彼得
        maria | maria | 玛丽亚
        david | david | 大卫
        laura | laura | 劳拉
        tom | tom | 汤姆
        susan | susan | 苏珊
        james | james | 詹姆斯
        emma | emma | 艾玛
        robert | robert | 罗伯特
        sarah | sarah | 萨拉
        daniel | daniel | 丹尼尔
        alice | alice | 爱丽丝
        george | george | 乔治""",
    "city": """
        london | londres | 伦敦
        paris | parís | 巴黎
        berlin | berlín | 柏林
        madrid | madrid | 马德里
        rome | roma | 罗马
        boston | boston | 波士顿
        chicago | chicago | 芝加哥
        dublin | dublín | 都柏林
        sydney | sídney | 悉尼
        oslo | oslo | 奥斯陆""",
    "day": """
        monday | lunes | 星期一
        tuesday | martes | 星期二
        wednesday | miércoles | 星期三
        thursday | jueves | 星期四
        friday | viernes | 星期五
        saturday | sábado | 星期六
        sunday | domingo | 星期日""",
    "month": """
        january | enero | 一月
        february | febrero | 二月
        march | marzo | 三月
        april | abril | 四月
        may | mayo | 五月
        june | junio | 六月
        july | julio | 七月
        august | agosto | 八月
        september | septiembre | 九月
        october | octubre | 十月
        november | noviembre | 十一月
        december | diciembre | 十二月""",
    "sport": """
        football | al fútbol | 踢足球
        tennis | al tenis | 打网球
        golf | al golf | 打高尔夫球
        chess | al ajedrez | 下棋
        cards | a las cartas | 打牌""",
    "subject": """
        history | historia | 历史
        music | música | 音乐
        science | ciencias | 科学
        english | inglés | 英语
        geography | geografía | 地理""",
    "often": """
        always | siempre | 总是
        never | nunca | 从不
        often | a menudo | 经常
        sometimes | a veces | 有时候
        usually | normalmente | 通常""",
    "weather": """
        sunny | estará soleado | 是晴天
        cloudy | estará nublado | 是阴天
        windy | hará viento | 有风
        cold | hará frío | 很冷
        warm | hará calor | 很暖和
        foggy | habrá niebla | 有雾""",
    "felt": """
        cold | frío | 冷
        hot | caluroso | 热
        dry | seco | 干燥
        wet | lluvioso | 潮湿""",
    "side": """
        left | la izquierda | 左
        right | la derecha | 右""",
    "part": """
        morning | mañana | 早上
        afternoon | tarde | 下午
        evening | noche | 晚上""",
    "ordinal": """
        first | primera | 第一
        second | segunda | 第二
        third | tercera | 第三
        next | próxima | 下一""",
}
